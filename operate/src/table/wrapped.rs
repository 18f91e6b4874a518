//! Text in lines.

use std::borrow::Cow;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

/// Lines of whole words, at most `width` columns of a terminal each. A word that is wider stands in a line of its own: a
/// command that is broken can't be copied.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let options = Options::new(width)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    let lines = textwrap::wrap(text, options).into_iter();
    lines.map(Cow::into_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_broken_between_words() {
        assert_eq!(wrapped("a bc def\nnext: x", 5), ["a bc", "def", "next:", "x"]);
        assert_eq!(wrapped("Điện Biên", 9), ["Điện Biên"]);
        assert_eq!(wrapped("longer", 2), ["longer"]);
        assert_eq!(wrapped("a --by-hand", 6), ["a", "--by-hand"]);
    }
}
