//! Every reader of one value: no panic, and what is read of a normal form is that form.

#![no_main]

use libfuzzer_sys::fuzz_target;
use normalise::{Context, Date, KINDS};
use schemas::Severity;

fuzz_target!(|input: (u8, &str)| {
    let (which, text) = input;
    let kind = KINDS[usize::from(which) % KINDS.len()];
    let context = Context {
        as_of: (which >= 128).then_some(Date::of_year(2025)),
        ..Context::default()
    };
    let once = kind.read(text, &context);
    let certain = once.severity().is_none_or(|heaviest| heaviest == Severity::Note);
    if let Some(value) = once.value.filter(|_| certain) {
        let again = kind.read(&value, &context);
        assert_eq!(again.value.as_ref(), Some(&value), "{}", kind.name);
    }
});
