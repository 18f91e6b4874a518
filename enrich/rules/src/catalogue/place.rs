//! Places: provinces, districts, communes.

rules! {
    UNKNOWN "place.unknown" Hold
        "Không tìm thấy địa danh này. Ghi đủ tên xã, phường và tên tỉnh, thành phố, hoặc mã đơn vị hành chính."
        "No such place was found. Write commune and province, or the code of the administrative unit."
        "List of administrative units, Decisions 124/2004/QD-TTg and 19/2025/QD-TTg";
    UNKNOWN_COMMUNE "place.unknown-commune" Hold
        "Không tìm thấy xã, phường, thị trấn này trong huyện hoặc tỉnh đã ghi. Kiểm tra lại tên."
        "The district or province has no commune of this name. Look at the name again."
        "List of administrative units, Decisions 124/2004/QD-TTg and 19/2025/QD-TTg";
    MISSPELT "place.misspelt" Hold
        "Tên địa danh có thể viết sai. Chọn một tên trong các gợi ý hoặc ghi lại cho đúng."
        "The name is nearly, not exactly, that of a unit. Choose one of the suggestions or write it again."
        "List of administrative units, Decisions 124/2004/QD-TTg and 19/2025/QD-TTg";
    AMBIGUOUS "place.ambiguous" Hold
        "Có nhiều nơi mang tên này. Ghi thêm huyện cũ hoặc tỉnh, và ghi đủ dấu, để biết đó là nơi nào."
        "Several places have this name. Add the former district or the province, with all marks."
        "Names of communes are unique within a district only, and some fold to the same letters";
    SPLIT "place.split" Hold
        "Xã, phường này đã được chia về nhiều đơn vị mới. Chọn đơn vị mới theo thôn, bản, tổ dân phố."
        "This commune was divided among several new ones. Choose the one the village or group belongs to."
        "The Standing Committee's resolutions of 16 June 2025 that rearranged the communes of each province";
    DISTRICT "place.district" Hold
        "Mới chỉ biết đến cấp huyện, mà cấp huyện không còn từ ngày 01/7/2025. Ghi thêm tên xã, phường, thị trấn."
        "Only a district is named, and there are no districts since 1 July 2025. Add the commune."
        "Law 72/2025/QH15 on Local Government, article 1";
    NO_COMMUNE "place.no-commune" Hold
        "Chưa ghi xã, phường, thị trấn; mới có số nhà, đường, thôn hoặc bản. Ghi thêm tên xã, phường."
        "House, street or village are there, the commune isn't. Add the commune."
        "Law 68/2020/QH14 on Residence: a place of residence is named down to the commune";
    NOT_INSIDE "place.not-inside" Hold
        "Xã, phường này không thuộc huyện đã ghi. Kiểm tra lại tên huyện và tên xã."
        "The commune isn't in the district that is named. Look at both names again."
        "List of administrative units, Decision 124/2004/QD-TTg";
    OTHER_PROVINCE "place.other-province" Hold
        "Tên này không có trong tỉnh ghi ở mục khác mà có ở tỉnh khác. Kiểm tra lại cả hai mục."
        "The name isn't in the province that another field gives, but in another one. Look at both fields."
        "List of administrative units, Decisions 124/2004/QD-TTg and 19/2025/QD-TTg";
    NOT_YET "place.not-yet" Hold
        "Vào ngày đó chưa có đơn vị mang tên này. Ghi tên theo đơn vị hành chính lúc đó, hoặc kiểm tra lại ngày."
        "No unit had this name on that day yet. Write the name of that time, or look at the day again."
        "Resolution 202/2025/QH15: the new units are in force from 1 July 2025";
    SUCCESSOR_UNKNOWN "place.successor-unknown" Hold
        "Đơn vị này đã giải thể và chưa rõ nay thuộc đơn vị nào. Hỏi người dân hoặc tra nghị quyết sáp nhập."
        "This unit was dissolved and it isn't known where it went. Ask, or look up the resolution that merged it."
        "The lists of 2021 and of 2025 don't name a successor";
    CODE_UNKNOWN "place.code-unknown" Hold
        "Không có đơn vị hành chính nào mang mã này. Mã tỉnh có 2 chữ số, mã huyện 3, mã xã 5; kiểm tra lại các số 0 ở đầu."
        "No administrative unit has this code. Provinces have 2 digits, districts 3, communes 5; look for lost zeros in front."
        "List of administrative units, Decisions 124/2004/QD-TTg and 19/2025/QD-TTg";
    CODE_REUSED "place.code-reused" Hold
        "Mã này là của đơn vị khác nhau trước và sau ngày 01/7/2025. Ghi tên đơn vị hoặc ngày của giấy tờ."
        "The code means different units before and after 1 July 2025. Write the name, or the day of the paper."
        "Decision 19/2025/QD-TTg kept the codes of many units whose land changed";
    AS_WRITTEN "place.as-written" Note
        "Chưa xác định được nơi này nay thuộc đơn vị hành chính nào. Vẫn nhận như đã ghi."
        "It isn't certain which unit of today this place belongs to. It is accepted as written."
        "Papers name the units of their own time; Law 72/2025/QH15 asks nobody to write them anew";
    ADDRESS_DISAGREES "place.address-disagrees" Hold
        "Xã, phường ở ô riêng khác với xã, phường trong địa chỉ. Kiểm tra cả hai."
        "The commune in its own field differs from the one in the address. Look at both."
        "The same place written twice on one form";
}
