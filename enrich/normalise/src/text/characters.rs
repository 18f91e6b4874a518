//! Characters that are no letters of a text: invisible ones, controls, what stands for lost letters,
//! and compatibility forms of others.

use super::Form;
use crate::character::is_invisible;
use crate::letter::is_vietnamese;
use rules::catalogue::text as found;
use unicode_normalization::char::{decompose_canonical, decompose_compatible};

/// Takes out what can't be seen, and puts plain characters for compatibility forms (`Ａ`, `ﬁ`, `²`).
/// True when something changed.
pub(super) fn clean(form: &mut Form<'_>) -> bool {
    let mut text = String::with_capacity(form.text.len());
    let (mut invisible, mut compatible, mut controls, mut nul, mut lost) =
        (false, false, false, false, false);
    for c in form.text.chars() {
        if is_plain(c) {
            text.push(c);
        } else if is_invisible(c) {
            invisible = true;
        } else if c.is_control() && !c.is_whitespace() {
            controls = true;
            nul |= c == '\0';
        } else if let Some(plain) = plain(c) {
            compatible = true;
            text.push_str(&plain);
        } else {
            lost |= stands_for_lost(c);
            text.push(c);
        }
    }
    if nul {
        form.find(&found::NUL_CHARACTER);
    } else if controls {
        form.find(&found::CONTROL_CHARACTER);
    }
    if lost {
        form.find(&found::LOST_CHARACTERS);
    }
    form.certain &= !nul && !lost;
    for (changed, rule) in [
        (invisible, "text.invisible"),
        (compatible, "text.compatibility"),
        (controls, "text.control"),
    ] {
        if changed {
            form.changed(rule, text.clone());
        }
    }
    invisible || compatible || controls
}

/// What the most texts are made of, marks of decomposed letters included.
fn is_plain(c: char) -> bool {
    c == ' ' || c.is_ascii_graphic() || matches!(c, '\u{300}'..='\u{333}') || is_vietnamese(c)
}

/// U+FFFD and U+FFFC, private use (fonts of the years before Unicode put letters there), noncharacters.
fn stands_for_lost(c: char) -> bool {
    matches!(c, '\u{fffc}' | '\u{fffd}' | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{f0000}'..)
        || c as u32 & 0xfffe == 0xfffe
}

/// The plain characters of a compatibility form. None for what becomes a space with a mark on it (`´`)
/// or a fraction, which would join the number before it.
fn plain(c: char) -> Option<String> {
    if c.is_whitespace() {
        return None;
    }
    if matches!(c, '\u{2010}' | '\u{2011}') {
        return Some("-".to_owned());
    }
    let (mut canonical, mut compatible) = (String::new(), String::new());
    decompose_canonical(c, |part| canonical.push(part));
    decompose_compatible(c, |part| compatible.push(part));
    (compatible != canonical && !compatible.contains([' ', '\u{2044}'])).then_some(compatible)
}
