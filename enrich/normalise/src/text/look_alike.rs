//! Letters that look like others: `Ð` of Icelandic for `Đ`, Cyrillic `а` in a Latin word.
//!
//! Source: Unicode Technical Standard 39, `confusables.txt`, of which only the letters that look the
//! same as a Latin one in print.

use super::Form;
use crate::letter::is_vietnamese;
use rules::catalogue::text as found;
use unicode_normalization::UnicodeNormalization;

/// Latin letters that no language of Viet Nam has, for those that they are taken for.
const LATIN: [(char, char); 9] = [
    ('\u{d0}', 'Đ'),
    ('\u{189}', 'Đ'),
    ('\u{f0}', 'đ'),
    ('\u{256}', 'đ'),
    ('\u{131}', 'i'),
    ('\u{1cd}', 'Ă'),
    ('\u{1ce}', 'ă'),
    ('\u{251}', 'a'),
    ('\u{261}', 'g'),
];
/// Cyrillic, then Greek.
const FOREIGN: &str = "АAВBЕEКKМMНHОOРPСCТTУYХXІIЈJЅSаaеeоoрpсcуyхxіiјjѕsһhԁdԛqԝw\
                       ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXαaιiκkνvοoρpυuχx";

/// Puts Latin letters for those that look like them, and finds what is in no Latin script. True when
/// something changed.
pub(super) fn replace(form: &mut Form<'_>) -> bool {
    if !form
        .text
        .chars()
        .any(|c| !is_vietnamese(c) && (latin(c).is_some() || is_foreign(c)))
    {
        return false;
    }
    let has_latin = form.text.chars().any(|c| c.is_alphabetic() && !is_foreign(c));
    let all_alike = form
        .text
        .chars()
        .filter(|&c| is_foreign(c))
        .all(|c| alike(c).is_some());
    let mut text = String::with_capacity(form.text.len());
    let (mut changed, mut foreign) = (false, false);
    let mut rest = &*form.text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !is_of_a_word(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        let mixed = word.chars().any(|c| c.is_alphabetic() && !is_foreign(c));
        let replaceable = word
            .chars()
            .filter(|&c| is_foreign(c))
            .all(|c| alike(c).is_some());
        let replace = replaceable && (mixed || (has_latin && all_alike));
        for c in word.chars() {
            if let Some(plain) = latin(c) {
                text.push(plain);
                changed = true;
            } else if is_foreign(c) && replace {
                text.extend(alike(c));
                text.extend(c.nfd().skip(1));
                changed = true;
            } else {
                foreign |= is_foreign(c);
                text.push(c);
            }
        }
        let mut behind = behind.chars();
        text.extend(behind.next());
        rest = behind.as_str();
    }
    if foreign {
        form.find(&found::OTHER_SCRIPT);
    }
    if changed {
        form.changed("text.look-alike", text);
    }
    changed
}

fn latin(c: char) -> Option<char> {
    LATIN.iter().find(|(seen, _)| *seen == c).map(|&(_, plain)| plain)
}

/// The Latin letter that the base of this letter looks like.
fn alike(c: char) -> Option<char> {
    let base = c.nfd().next()?;
    let mut pairs = FOREIGN.chars();
    while let (Some(seen), Some(plain)) = (pairs.next(), pairs.next()) {
        if seen == base {
            return Some(plain);
        }
    }
    None
}

fn is_of_a_word(c: char) -> bool {
    c.is_alphabetic() || unicode_normalization::char::is_combining_mark(c)
}

/// Whether this is a letter of another script than Latin. The modifier letters are of none.
fn is_foreign(c: char) -> bool {
    c > '\u{2af}'
        && c.is_alphabetic()
        && !matches!(c,
            '\u{2b0}'..='\u{36f}' | '\u{1d00}'..='\u{1dbf}' | '\u{1e00}'..='\u{1eff}' | '\u{2071}'
            | '\u{207f}' | '\u{2090}'..='\u{209c}' | '\u{2c60}'..='\u{2c7f}' | '\u{a720}'..='\u{a7ff}'
            | '\u{ab30}'..='\u{ab6f}')
}
