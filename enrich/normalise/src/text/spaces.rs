//! Spaces between words.

/// The text with one plain space between words and none at the ends, where that differs.
pub(super) fn single(text: &str) -> Option<String> {
    let mut spaced = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    (spaced != text).then_some(spaced)
}
