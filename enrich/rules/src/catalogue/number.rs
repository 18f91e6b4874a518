//! Identity numbers.

rules! {
    NOT_12_DIGITS "number.not-12-digits" Hold
        "Số định danh cá nhân phải có đúng 12 chữ số. Kiểm tra lại số trên giấy tờ."
        "A personal identification number has exactly 12 digits. Look at the number on the papers again."
        "Decree 137/2015/ND-CP, article 13";
    NOT_DIGITS "number.not-digits" Hold
        "Số giấy tờ có ký tự không phải chữ số. Ghi lại đúng các chữ số trên giấy tờ."
        "The number has characters that are no digits. Write the digits that the papers have."
        "Decree 137/2015/ND-CP, article 13";
    SEVERAL "number.several" Hold
        "Ô này ghi nhiều số. Mỗi ô chỉ ghi một số; số CMND cũ ghi vào ô riêng."
        "There are several numbers here. Write one; the number of the former card has a field of its own."
        "The form's own instructions: one number in a field";
    NONE "number.none" Hold
        "Ô này ghi là chưa có hoặc không rõ số. Hỏi lại người khai và ghi số trên giấy tờ."
        "There is no number here, only that there is none or that it isn't known. Ask again, look at the papers."
        "Law 26/2023/QH15 on Identity, article 12: the database gives everyone a number";
    NOT_GIVEN "number.not-given" Note
        "Phiếu ghi là chưa có số. Vẫn nhận; ghi thêm khi có số."
        "The form says that there is no number. It is accepted; add the number when there is one."
        "A form's numbers may be left out: a first card is applied for without one";
    LOOK_ALIKE "number.look-alike" Note
        "Chữ O hoặc l, I đã được đọc là số 0 hoặc 1. Đối chiếu lại với giấy tờ."
        "A letter O, l or I was read as the digit 0 or 1. Compare with the papers."
        "Decree 137/2015/ND-CP, article 13: the number consists of digits";
    OLD_IN_ITS_PLACE "number.old-in-its-place" Hold
        "Đây là số CMND 9 số, không phải số định danh cá nhân. Chuyển sang ô số CMND cũ và ghi số 12 chữ số."
        "This is the 9-digit number of a former card, no personal number. Move it to its field, write the 12 digits."
        "Law 26/2023/QH15 on Identity, article 46: such cards were valid until 31 December 2024";
    ZERO_LOST "number.zero-lost" Hold
        "Số thiếu chữ số, có thể đã mất số 0 ở đầu. Kiểm tra lại số trên giấy tờ."
        "Digits are missing; the 0 that the number begins with may be lost. Look at the number on the papers again."
        "Decree 137/2015/ND-CP, article 13; spreadsheets drop a leading 0";
    UNKNOWN_PROVINCE "number.unknown-province" Hold
        "Ba chữ số đầu không phải mã của tỉnh hay quốc gia nào. Kiểm tra lại số trên giấy tờ."
        "The first three digits are no province's or country's code. Look at the number on the papers again."
        "Circular 59/2021/TT-BCA, article 4 and its appendix; Circular 07/2016/TT-BCA, appendices I and II";
    REGISTERED_ABROAD "number.registered-abroad" Hold
        "Ba chữ số đầu là mã một nước ngoài. Xác nhận người này đăng ký khai sinh ở nước ngoài."
        "The first three digits are a foreign country's code. Confirm that the birth was registered abroad."
        "Circular 59/2021/TT-BCA, article 4 and its appendix; Circular 07/2016/TT-BCA, appendix II";
    CENTURY_TO_COME "number.century-to-come" Hold
        "Chữ số thứ tư chỉ người sinh từ năm 2100 trở đi. Kiểm tra lại số trên giấy tờ."
        "The fourth digit means a birth in 2100 or later. Look at the number on the papers again."
        "Circular 59/2021/TT-BCA, article 4: 4 to 9 are the 22nd to 24th century";
    YEAR_TO_COME "number.year-to-come" Hold
        "Theo số này, năm sinh ở sau ngày lập phiếu. Kiểm tra lại số trên giấy tờ."
        "By this number the birth was after the form was taken. Look at the number on the papers again."
        "Circular 59/2021/TT-BCA, article 4";
    SEX_DISAGREES "number.sex-disagrees" Hold
        "Giới tính trong số định danh khác với giới tính ghi trên phiếu. Kiểm tra cả hai."
        "The sex in the personal number differs from the sex on the form. Look at both."
        "Decree 137/2015/ND-CP, article 13; Circular 59/2021/TT-BCA, article 4";
    YEAR_DISAGREES "number.year-disagrees" Hold
        "Năm sinh trong số định danh khác với năm sinh ghi trên phiếu. Kiểm tra cả hai."
        "The year of birth in the personal number differs from the one on the form. Look at both."
        "Decree 137/2015/ND-CP, article 13; Circular 59/2021/TT-BCA, article 4";
    PROVINCE_DISAGREES "number.province-disagrees" Hold
        "Mã tỉnh trong số định danh khác với tỉnh đăng ký khai sinh ghi trên phiếu. Kiểm tra cả hai."
        "The province in the personal number differs from the province of birth registration. Look at both."
        "Decree 137/2015/ND-CP, article 13; Circular 59/2021/TT-BCA, article 4";
    NOT_9_DIGITS "number.not-9-digits" Hold
        "Số CMND cũ có 9 hoặc 12 chữ số. Kiểm tra lại số trên giấy tờ."
        "The number of a former card has 9 or 12 digits. Look at the number on the papers again."
        "Decree 05/1999/ND-CP (9 digits); Circular 57/2013/TT-BCA (12 digits)";
    PLACEHOLDER "number.placeholder" Hold
        "Số này chỉ để điền cho đủ ô, không phải số của ai. Kiểm tra lại số trên giấy tờ."
        "This number only fills the field; it is nobody's. Look at the number on the papers again."
        "One digit nine times, or 123456789";
    OLD_OF_12_DIGITS "number.old-of-12-digits" Note
        "Số CMND cũ có 12 chữ số, loại cấp từ năm 2012. Vẫn nhận."
        "The former card has a number of 12 digits, as issued from 2012. It is accepted."
        "Circular 57/2013/TT-BCA";
    NOT_A_PASSPORT "number.not-a-passport" Hold
        "Số hộ chiếu Việt Nam gồm một chữ cái và 7 hoặc 8 chữ số. Kiểm tra lại trên hộ chiếu."
        "A Vietnamese passport number is a letter and 7 or 8 digits. Look at the passport again."
        "Circular 73/2021/TT-BCA (passport forms); ICAO Doc 9303-4 allows 9 characters";
    OF_ANOTHER_PERSON "number.of-another-person" Hold
        "Một số được ghi cho hai người trên cùng phiếu. Ghi số của từng người."
        "One number stands for two persons of this form. Write each person's own number."
        "Law 26/2023/QH15 on Identity, article 12: a number belongs to one person only";
}
