//! Sex, as its code.

use crate::{Normal, fold::fold};

/// `M` or `F` for the usual spellings.
pub fn code(text: &str) -> Option<Normal> {
    let code = match fold(text).as_str() {
        "nam" | "m" | "male" => "M",
        "nu" | "f" | "female" => "F",
        _ => return None,
    };
    (code != text).then(|| (code.to_owned(), "sex.code"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_spellings() {
        for (written, normal) in [("Nam", Some("M")), ("NỮ", Some("F")), ("M", None), ("khác", None)] {
            assert_eq!(
                code(written).map(|(value, _)| value).as_deref(),
                normal,
                "{written}"
            );
        }
    }
}
