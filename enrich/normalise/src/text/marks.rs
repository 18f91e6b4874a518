//! Letters and their combining marks, put together.

use super::Form;
use rules::catalogue::text as found;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Composes the text to Normalization Form C, after marks that people and keyboards mix up were put
/// right. A mark without a letter belonged to one that is lost. True when something changed. Source:
/// Unicode Standard Annex 15.
pub(super) fn compose(form: &mut Form<'_>) -> bool {
    let was_composed = is_nfc(&form.text);
    let (mut mended, mut astray) = (false, false);
    let mut text = String::with_capacity(form.text.len());
    let mut marks = Vec::new();
    let mut base = '\0';
    for c in form.text.nfd() {
        if canonical_combining_class(c) != 0 || is_combining_mark(c) {
            astray |= base == '\0' || (!base.is_alphabetic() && ('\u{300}'..='\u{36f}').contains(&c));
            marks.push(c);
            continue;
        }
        mended |= mend(&mut base, &mut marks, &mut text);
        base = c;
    }
    mended |= mend(&mut base, &mut marks, &mut text);
    if astray {
        form.certain = false;
        form.find(&found::LOST_CHARACTERS);
        return false;
    }
    if was_composed && !mended {
        return false;
    }
    let composed: String = text.nfc().collect();
    let rule = if mended { "text.marks" } else { "text.nfc" };
    form.changed(rule, composed);
    true
}

/// Writes a letter with its marks. True when they were not as they ought to be.
fn mend(base: &mut char, marks: &mut Vec<char>, text: &mut String) -> bool {
    let mut mended = false;
    match (*base, marks.as_slice()) {
        // A stroke laid over D, and the dot that Turkish has on its capital I.
        ('D', ['\u{335}' | '\u{336}']) => (mended, *base) = (true, 'Đ'),
        ('d', ['\u{335}' | '\u{336}']) => (mended, *base) = (true, 'đ'),
        ('I', [.., '\u{307}']) => mended = true,
        _ => {}
    }
    if mended {
        marks.pop();
    }
    if matches!(*base, 'a' | 'A') {
        for mark in marks.iter_mut().filter(|mark| **mark == '\u{30c}') {
            // A caron is taken for the breve of ă.
            *mark = '\u{306}';
            mended = true;
        }
    }
    // Circumflex and breve make the letter, so they come before the tone: e with acute, then circumflex.
    let is_tone = |mark: char| matches!(mark, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}');
    let is_quality = |mark: char| matches!(mark, '\u{302}' | '\u{306}');
    if let [first, second] = marks.as_mut_slice()
        && is_tone(*first)
        && is_quality(*second)
    {
        std::mem::swap(first, second);
        mended = true;
    }
    if *base != '\0' {
        text.push(*base);
    }
    text.extend(marks.drain(..));
    mended
}
