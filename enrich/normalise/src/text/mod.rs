//! Any Vietnamese text in one form: Unicode, look-alikes, tone placement, spaces. Letter case stays.
//!
//! Each step is one file and one rule's name; [`Form::changed_by`] has the names of those that changed
//! something, in order. i and y (`Lí`, `Lý`) are left as written: to compare them is match's matter.

mod apostrophe;
mod characters;
mod legacy;
mod look_alike;
mod looks;
mod marks;
mod spaces;
mod tone;

use looks::Looks;
use rules::catalogue::text as found;
use rules::{Reading, Rule};
use std::borrow::Cow;

/// Characters of one field that the register takes.
pub const MAX_CHARACTERS: usize = 1000;

/// Whether the register can't take a text for its length.
pub fn is_too_long(text: &str) -> bool {
    text.len() > MAX_CHARACTERS && text.chars().nth(MAX_CHARACTERS).is_some()
}

/// How often the steps are repeated until they change nothing. What one takes away can join what
/// another one looks for: a letter, a zero-width space and a combining mark.
const ROUNDS: usize = 6;

/// Makes a text anew, where it differs.
type Step = fn(&str) -> Option<String>;

/// A text in its normal form, and how it came to it.
#[derive(Clone, Debug)]
pub struct Form<'a> {
    /// The text; borrowed when it was written in its normal form.
    pub text: Cow<'a, str>,
    /// The rules that changed it, in order.
    pub changed_by: Vec<&'static str>,
    /// What was found.
    pub found: Vec<&'static Rule>,
    /// What it might say, where it is not certain.
    pub candidates: Vec<String>,
    /// Whether the text is to be trusted: nothing of it was lost or is in doubt.
    pub certain: bool,
}

impl Form<'_> {
    fn changed(&mut self, rule: &'static str, text: String) {
        if !self.changed_by.contains(&rule) {
            self.changed_by.push(rule);
        }
        self.text = Cow::Owned(text);
    }

    pub(crate) fn find(&mut self, rule: &'static Rule) {
        if !self.found.contains(&rule) {
            self.found.push(rule);
        }
    }
}

/// Reads any text.
pub fn read(written: &str) -> Reading {
    let form = form(written);
    let certain = form.certain;
    Reading {
        value: certain.then(|| form.text.into_owned()),
        candidates: form.candidates,
        changed_by: if certain { form.changed_by } else { Vec::new() },
        found: form.found,
    }
}

/// Whether the text is in its normal form for certain. False says nothing.
pub fn is_normal(text: &str) -> bool {
    looks::of(text) == Looks::default()
}

/// The normal form of any text, without a copy where it was written so.
pub fn form(written: &str) -> Form<'_> {
    let mut form = Form {
        text: Cow::Borrowed(written),
        changed_by: Vec::new(),
        found: Vec::new(),
        candidates: Vec::new(),
        certain: true,
    };
    for _ in 0..ROUNDS {
        let looks = looks::of(&form.text);
        if looks == Looks::default() || !pass(&mut form, looks) || !form.certain {
            break;
        }
    }
    form
}

/// The steps once, those that the text has need of. True when one of them changed something.
fn pass(form: &mut Form<'_>, looks: Looks) -> bool {
    let mut changed = false;
    if looks.lost_letters {
        form.find(&found::LOST_CHARACTERS);
        form.certain = false;
    }
    if looks.legacy {
        match legacy::read(&form.text) {
            legacy::Legacy::No => {}
            legacy::Legacy::Certain(text, rule) => {
                form.changed(rule, text);
                return true;
            }
            legacy::Legacy::Uncertain(candidates) => {
                form.find(&found::LEGACY_ENCODING_UNCERTAIN);
                form.candidates = candidates;
                form.certain = false;
                return false;
            }
        }
    }
    if looks.unusual {
        changed |= characters::clean(form);
        changed |= look_alike::replace(form);
        changed |= marks::compose(form);
    }
    let steps: [(bool, &'static str, Step); 3] = [
        (
            looks.apostrophe || looks.unusual,
            "text.apostrophe",
            apostrophe::unify,
        ),
        (looks.glide || looks.unusual, "text.tone-placement", tone::place),
        (looks.spaces || looks.unusual, "text.spaces", spaces::single),
    ];
    for (needed, rule, step) in steps {
        if needed && let Some(text) = step(&form.text) {
            form.changed(rule, text);
            changed = true;
        }
    }
    changed
}

#[cfg(test)]
mod tests;
