//! The part of an address that is remembered: without the village or street in front of it.
//!
//! Villages are many and communes are few, so an answer is met again far more often without the village.

use crate::title::{Title, is_locality};
use crate::words::Words;

/// Bytes of the longest part in front that is looked at.
const LONGEST: usize = 64;

/// What follows a village, street or house in front of it, if at least two parts do: `Thôn 5, Xã Tân An,
/// Huyện Thanh Hà` without its first part. Only if the front can say nothing about units.
pub(crate) fn behind(text: &str) -> Option<&str> {
    let (front, rest) = text.split_once(',')?;
    if front.len() > LONGEST || !rest.contains(',') {
        return None;
    }
    let words = Words::of(front).filter(|words| words.len() > 1)?;
    let names_a_unit = (1..=words.len()).any(|at| Title::ends_before(&words, at));
    (is_locality(&words, 0) && !names_a_unit).then(|| rest.trim_start())
}
