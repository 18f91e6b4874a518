//! Dates.

rules! {
    IMPOSSIBLE "date.impossible" Hold
        "Ngày này không có trong lịch. Kiểm tra lại giấy tờ và ghi ngày đúng, hoặc chỉ ghi tháng và năm."
        "No calendar has this day. Look at the papers again and write the right day, or month and year only."
        "The Gregorian calendar";
    UNREADABLE "date.unreadable" Hold
        "Không đọc được ngày này. Ghi theo thứ tự ngày/tháng/năm, ví dụ 05/09/1987."
        "This date can't be read. Write day/month/year, such as 05/09/1987."
        "The form's own instructions: day, month, year";
    INCOMPLETE "date.incomplete" Note
        "Chỉ có năm hoặc tháng và năm sinh. Vẫn nhận; ghi thêm ngày nếu có giấy tờ."
        "Only the year, or month and year, is known. It is accepted; add the day if a paper shows it."
        "Law 60/2014/QH13 on Civil Status; older papers often have the year alone";
}
