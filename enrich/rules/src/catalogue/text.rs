//! Any written text.

rules! {
    TOO_LONG "text.too-long" Reject
        "Nội dung dài quá 1000 ký tự. Ghi ngắn lại."
        "The text has more than 1000 characters. Write less."
        "The register's columns; an index can't hold a longer value";
    NUL_CHARACTER "text.nul-character" Reject
        "Có ký tự NUL trong nội dung: tệp bị hỏng. Nhập lại nội dung này."
        "The text has a NUL character: the file is broken. Enter the text again."
        "PostgreSQL's text can't hold U+0000";
    NOT_UTF8 "text.not-utf8" Reject
        "Nội dung không phải UTF-8. Chuyển tệp sang UTF-8 rồi gửi lại."
        "The text isn't UTF-8. Convert the file to UTF-8 and send it again."
        "RFC 3629; JSON (RFC 8259, section 8.1) is UTF-8";
    NOT_READABLE "text.not-readable" Reject
        "Dòng này không đọc được: không đúng dạng JSON đã quy định. Sửa dòng rồi gửi lại."
        "The line can't be read: it isn't the JSON that is agreed on. Mend the line and send it again."
        "schemas/submission.schema.json; RFC 8259";
    LEGACY_ENCODING_UNCERTAIN "text.legacy-encoding-uncertain" Hold
        "Nội dung có vẻ gõ bằng phông cũ (TCVN3/ABC hoặc VNI) nhưng không chuyển được chắc chắn. Gõ lại bằng Unicode."
        "The text seems to be in an old font encoding (TCVN3/ABC or VNI) and can't be converted with certainty. Enter it again in Unicode."
        "TCVN 5712:1993 and VNI-Win; TCVN3 has no capitals with tones";
    LOST_CHARACTERS "text.lost-characters" Hold
        "Có chữ đã bị mất (thành dấu hỏi hoặc ô trống) khi chuyển tệp. Nhập lại theo giấy tờ."
        "Letters were lost (they became question marks or boxes) when the file was converted. Enter the text again from the papers."
        "Unicode Standard, section 23.8: U+FFFD stands for what couldn't be read";
    CONTROL_CHARACTER "text.control-character" Hold
        "Có ký tự điều khiển lẫn trong nội dung; có thể là chữ bị hỏng. Kiểm tra lại."
        "A control character is among the letters; it may stand for a broken one. Look at the text again."
        "Unicode Standard, section 23.1: controls are no text; TCVN 5712 VN1 and VISCII have letters in their places";
    OTHER_SCRIPT "text.other-script" Hold
        "Có chữ không thuộc bảng chữ Latinh. Ghi bằng chữ quốc ngữ."
        "Some letters are not Latin. Write it in the Vietnamese alphabet."
        "Civil Code 91/2015/QH13, article 26.3; Unicode Standard Annex 24";
}
