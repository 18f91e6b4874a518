//! Telephone numbers.

rules! {
    UNREADABLE "phone.unreadable" Hold
        "Không đọc được số điện thoại. Ghi đủ chữ số, ví dụ 0912 345 678."
        "This is no telephone number. Write all its digits, such as 0912 345 678."
        "Circular 22/2014/TT-BTTTT, numbering plan";
    LENGTH "phone.length" Hold
        "Số điện thoại thiếu hoặc thừa chữ số. Di động có 10 chữ số, cố định có 11 chữ số kể cả số 0."
        "The number has too few or too many digits. Mobile numbers have 10 and landlines 11, the 0 included."
        "Circular 22/2014/TT-BTTTT, numbering plan";
    NO_SUCH_PREFIX "phone.no-such-prefix" Hold
        "Đầu số hoặc mã vùng này không có. Kiểm tra lại số điện thoại."
        "No operator or province has this prefix. Look at the number again."
        "Circular 22/2014/TT-BTTTT, numbering plan; Decision 2036/QD-BTTTT of 2016";
    NO_AREA_CODE "phone.no-area-code" Hold
        "Số cố định thiếu mã vùng. Ghi thêm mã vùng của tỉnh, ví dụ 0215 cho Điện Biên."
        "A landline number without its area code. Add the province's code, such as 0215 for Điện Biên."
        "Decision 2036/QD-BTTTT of 2016";
    SERVICE_NUMBER "phone.service-number" Hold
        "Đây là số dịch vụ hoặc khẩn cấp, không phải số của một người. Ghi số liên lạc của người khai."
        "This is a service or emergency number, nobody's own. Write the applicant's number."
        "Circular 22/2014/TT-BTTTT, numbering plan: 1xx, 1800, 1900";
    SEVERAL "phone.several" Hold
        "Ô này ghi nhiều số điện thoại. Chọn một số liên lạc chính."
        "There are several telephone numbers here. Choose the one to call."
        "The form's own instructions: one number in a field";
    WITH_WORDS "phone.with-words" Hold
        "Bên cạnh số điện thoại có ghi chú. Xác nhận số này là của người khai rồi chỉ ghi số."
        "There are words beside the number. Confirm that it is the applicant's and write the number alone."
        "The form's own instructions: the applicant's number";
    AMBIGUOUS "phone.ambiguous" Hold
        "Số này có thể hiểu theo nhiều cách. Ghi lại đủ chữ số, bắt đầu bằng số 0 hoặc +84."
        "This number can be read in more than one way. Write all digits, beginning with 0 or +84."
        "ITU-T E.164; Circular 22/2014/TT-BTTTT";
    NONE "phone.none" Hold
        "Ô này ghi là không có điện thoại. Hỏi lại một số liên lạc."
        "There is no number here, only that there is no telephone. Ask for a number to call."
        "The form's own instructions: a number to call";
    NOT_GIVEN "phone.not-given" Note
        "Phiếu ghi là không có điện thoại. Vẫn nhận."
        "The form says that there is no telephone. It is accepted."
        "A telephone is no condition of the service";
    LOOK_ALIKE "phone.look-alike" Note
        "Chữ O hoặc l, I đã được đọc là số 0 hoặc 1. Đối chiếu lại với phiếu."
        "A letter O, l or I was read as the digit 0 or 1. Compare with the form."
        "Circular 22/2014/TT-BTTTT: numbers consist of digits";
    EXTENSION "phone.extension" Note
        "Số máy lẻ không nằm trong số đã chuẩn hoá; vẫn còn ở nội dung đã ghi."
        "The extension is no part of the normal form; it stays in what was written."
        "ITU-T E.164 has no extensions";
    FOREIGN "phone.foreign" Note
        "Đây là số điện thoại nước ngoài. Vẫn nhận; nên có thêm số ở Việt Nam."
        "This is a foreign number. It is accepted; a number in Viet Nam would be better."
        "ITU-T E.164";
    OLD_AREA_CODE "phone.old-area-code" Note
        "Mã vùng cũ trước năm 2017 đã được đổi sang mã mới."
        "The area code from before 2017 was replaced by the new one."
        "Decision 2036/QD-BTTTT of 2016";
}
