//! What match itself holds events by. The catalogue of rules has no texts for these codes: they depend on what else there
//! is, not on what is written.

use ::rules::Told;
use schemas::Finding;
use std::borrow::Cow;

/// An event about an application that isn't in force. No rule changes it.
pub(super) const NOT_THERE_YET: &str = "application.not-there-yet";

/// Code, Vietnamese, English.
const TEXTS: [(&str, &str, &str); 2] = [
    (
        NOT_THERE_YET,
        "Hồ sơ được nhắc đến chưa có hiệu lực. Không cần làm gì: khi hồ sơ đến hoặc được sửa xong, mục này được xử lý.",
        "The application it is about is not in force yet. Nothing need be done: it is settled when that one comes, or is corrected.",
    ),
    (
        "match.cluster-too-large",
        "Hồ sơ trùng khớp với quá nhiều hồ sơ khác. Kiểm tra lại số giấy tờ, họ tên và ngày sinh.",
        "The application matches too many others. Look at its numbers, name and date of birth again.",
    ),
];

/// A finding with its sentences, whoever made it.
pub(super) fn told(finding: Finding) -> Told {
    let mut told = Told::from(finding);
    if let Some((_, vi, en)) = TEXTS.iter().find(|(code, ..)| *code == told.code) {
        (told.vi, told.en) = (Cow::Borrowed(*vi), Cow::Borrowed(*en));
    }
    told
}
