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
    UNKNOWN "date.unknown" Hold
        "Phiếu ghi không rõ ngày. Hỏi lại người khai; nếu chỉ nhớ năm thì ghi năm."
        "The form says that the date isn't known. Ask again; where only the year is remembered, write the year."
        "Law 60/2014/QH13 on Civil Status: a birth has a date, month and year";
    NOT_GIVEN "date.not-given" Note
        "Phiếu ghi không rõ ngày này. Vẫn nhận; ghi thêm nếu có giấy tờ."
        "The form says that this date isn't known. It is accepted; add it if a paper shows it."
        "Only the applicant's own date of birth is a condition";
    INCOMPLETE "date.incomplete" Note
        "Chỉ có năm hoặc tháng và năm. Vẫn nhận; ghi thêm ngày nếu có giấy tờ."
        "Only the year, or month and year, is known. It is accepted; add the day if a paper shows it."
        "Law 60/2014/QH13 on Civil Status; older papers often have the year alone";
    TWO_DIGIT_YEAR "date.two-digit-year" Hold
        "Năm chỉ ghi hai chữ số nên không rõ thế kỷ. Ghi đủ bốn chữ số của năm."
        "The year has two digits, so its century isn't certain. Write all four digits of the year."
        "ISO 8601-1:2019, 4.3: a year has four digits";
    MONTH_FIRST "date.month-first" Hold
        "Số ở vị trí tháng lớn hơn 12; có thể đã ghi tháng trước ngày. Ghi lại theo thứ tự ngày/tháng/năm."
        "The number in the month's place is above 12; the month may have been written first. Write day/month/year."
        "The form's own instructions: day, month, year";
    AMBIGUOUS "date.ambiguous" Hold
        "Ngày này có thể hiểu theo nhiều cách. Ghi lại theo mẫu ngày/tháng/năm, ví dụ 05/09/1987."
        "This date can be read in more than one way. Write day/month/year, such as 05/09/1987."
        "The form's own instructions: day, month, year";
    APPROXIMATE "date.approximate" Hold
        "Ngày chỉ ghi phỏng chừng. Kiểm tra giấy tờ rồi ghi ngày, tháng hoặc năm đúng như giấy tờ."
        "The date is only a guess. Look at the papers and write the day, month or year that they have."
        "Law 60/2014/QH13 on Civil Status: what is registered is what a paper shows";
    LUNAR "date.lunar" Hold
        "Ngày ghi theo âm lịch. Đổi sang dương lịch theo giấy tờ rồi ghi lại."
        "The date is by the lunar calendar. Write the date of the solar calendar that the papers have."
        "Decree 123/2015/ND-CP, article 4: a birth is registered by the solar calendar";
    SPREADSHEET "date.spreadsheet-number" Hold
        "Giá trị là số thứ tự ngày của bảng tính, không phải ngày. Định dạng lại ô thành ngày/tháng/năm."
        "This is a spreadsheet's day number, not a date. Format the cell as day/month/year."
        "ECMA-376-1, 18.17.4: dates are counted in days from 1899-12-30";
    OTHER_DAY_IN_VIET_NAM "date.other-day-in-viet-nam" Hold
        "Thời điểm này ghi theo múi giờ khác; ở Việt Nam là ngày khác. Chỉ ghi ngày theo giấy tờ."
        "This moment is in another time zone and falls on another day in Viet Nam. Write the date of the papers alone."
        "Decision 134/2002/QD-TTg: Viet Nam's time is UTC+7";
    LOOK_ALIKE "date.look-alike" Note
        "Chữ O hoặc l, I trong ngày đã được đọc là số 0 hoặc 1. Đối chiếu lại với giấy tờ."
        "A letter O, l or I in the date was read as the digit 0 or 1. Compare with the papers."
        "A date in digits consists of digits";
    FUTURE "date.future" Hold
        "Ngày này ở sau ngày lập phiếu. Kiểm tra lại năm trên giấy tờ."
        "This date is after the day the form was taken. Look at the year on the papers again."
        "What is written on a form has happened before it";
    TOO_OLD "date.too-old" Hold
        "Ngày này đã quá 130 năm. Kiểm tra lại năm trên giấy tờ."
        "This date is more than 130 years ago. Look at the year on the papers again."
        "The oldest person whose age was proven died at 122";
}
