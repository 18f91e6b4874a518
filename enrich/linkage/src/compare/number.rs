//! Numbers of documents and telephones, digit by digit.

use super::{Level, LevelName, Slots, level};

pub(super) const LEVELS: &[LevelName] = &[
    level("same", "the same number"),
    level("digit", "one digit differs"),
    level("transposed", "two neighbouring digits changed places"),
    level("length", "one digit more or less"),
    level("digits", "two digits differ"),
    level("other", "another number"),
];

/// Digits kept of a number.
const LONGEST: usize = 18;

/// A number in two slots, leading zeros kept; zeros where there is no digit.
pub fn packed(text: &str) -> [u32; 2] {
    let digits = text.bytes().filter(u8::is_ascii_digit).take(LONGEST);
    let (mut value, mut any) = (1_u64, false);
    for digit in digits {
        value = value * 10 + u64::from(digit - b'0');
        any = true;
    }
    if any {
        [(value >> 32) as u32, value as u32]
    } else {
        [0, 0]
    }
}

fn digits(slots: Slots<'_>) -> ([u8; LONGEST + 1], usize) {
    let mut value = u64::from(slots[0]) << 32 | u64::from(slots[1]);
    let mut digits = [0; LONGEST + 1];
    let mut len = 0;
    while value >= 10 {
        digits[len] = (value % 10) as u8;
        value /= 10;
        len += 1;
    }
    (digits, len)
}

pub(super) fn compare(a: Slots<'_>, b: Slots<'_>) -> Level {
    if a == b {
        return 0;
    }
    let ((a, a_len), (b, b_len)) = (digits(a), digits(b));
    let (a, b) = (&a[..a_len], &b[..b_len]);
    if a_len == b_len {
        let apart: Vec<usize> = (0..a_len).filter(|&n| a[n] != b[n]).take(3).collect();
        return match apart[..] {
            [_] => 1,
            [m, n] if n == m + 1 && a[m] == b[n] && a[n] == b[m] => 2,
            [_, _] => 4,
            _ => 5,
        };
    }
    let (long, short) = if a_len > b_len { (a, b) } else { (b, a) };
    if long.len() == short.len() + 1 {
        let ahead = short.iter().zip(long).take_while(|(x, y)| x == y).count();
        if short[ahead..] == long[ahead + 1..] {
            return 3;
        }
    }
    5
}
