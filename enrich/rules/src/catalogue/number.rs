//! Identity numbers.

rules! {
    NOT_12_DIGITS "number.not-12-digits" Hold
        "Số định danh cá nhân phải có đúng 12 chữ số. Kiểm tra lại số trên giấy tờ."
        "A personal identification number has exactly 12 digits. Look at the number on the papers again."
        "Decree 137/2015/ND-CP, article 13";
}
