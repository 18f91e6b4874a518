//! Answers remembered, because the same few thousand texts come again and again.

use crate::{Context, State};
use rules::Reading;
use std::cell::RefCell;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

/// Answers each thread remembers: pairs of slots, the newer first.
const PAIRS: usize = 32_768;
/// Texts longer than this aren't remembered, so that a full cache takes some 20 MB.
const LONGEST: usize = 160;

/// A question as far as the answer depends on it, and the answer. Nearly all of the memory that a look
/// takes isn't in the processor's caches, so there is as little of it as can be.
struct Slot {
    /// The text, and behind it the province.
    key: Box<str>,
    text_bytes: u8,
    has_province: bool,
    state: Option<State>,
    answer: Reading,
}

impl Slot {
    fn is_of(&self, text: &str, context: Context<'_>, state: Option<State>) -> bool {
        let province = context.province.unwrap_or_default();
        self.key.len() == text.len() + province.len()
            && usize::from(self.text_bytes) == text.len()
            && self.has_province == context.province.is_some()
            && self.state == state
            && self.key.starts_with(text)
            && self.key.ends_with(province)
    }
}

/// A slot with the digest of its question, which tells it from others without a look at it.
type Entry = Option<(u64, Box<Slot>)>;

thread_local! {
    // A thread's own, because a lock would cost more than half of what is saved.
    static ANSWERS: RefCell<Vec<[Entry; 2]>> = const { RefCell::new(Vec::new()) };
}

/// The remembered answer, or the one that `read` gives, remembered in place of another.
pub(crate) fn remembered(text: &str, context: Context<'_>, read: impl FnOnce() -> Reading) -> Reading {
    let text_bytes = u8::try_from(text.len())
        .ok()
        .filter(|&bytes| usize::from(bytes) <= LONGEST);
    let province = context.province.unwrap_or_default();
    let Some(text_bytes) = text_bytes.filter(|_| province.len() <= LONGEST) else {
        return read();
    };
    let state = context.as_of.map(State::on);
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let digest = hasher.hash_one((text, context.province, state));
    let at = digest as usize % PAIRS;
    let answer = ANSWERS.with_borrow(|answers| {
        let mut pair = answers.get(at)?.iter().flatten();
        let (_, slot) = pair.find(|(of, slot)| *of == digest && slot.is_of(text, context, state))?;
        Some(slot.answer.clone())
    });
    answer.unwrap_or_else(|| {
        let answer = read();
        let slot = Slot {
            key: [text, province].concat().into(),
            text_bytes,
            has_province: context.province.is_some(),
            state,
            answer: answer.clone(),
        };
        ANSWERS.with_borrow_mut(|answers| {
            if answers.is_empty() {
                answers.resize_with(PAIRS, Default::default);
            }
            let [newer, older] = &mut answers[at];
            *older = newer.replace((digest, Box::new(slot)));
        });
        answer
    })
}
