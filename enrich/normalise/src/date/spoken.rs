//! Numbers written out, as on certificates: "ngày hai mươi lăm tháng sáu năm một nghìn chín trăm năm mươi".

use super::token::{Number, Token};
use super::words::Word::{Hundred, Month, NoTens, NotKnown, Stem, Ten, Thousand, Unit, YearOrFive};

/// A day or a month written out at the start of `tokens`, and how many of them it takes.
pub(super) fn small(tokens: &[Token]) -> Option<(Number, usize)> {
    let (tens, mut used) = match (digit(tokens, 0), word(tokens, 0), word(tokens, 1)) {
        (Some(tens), _, Some(Ten)) => (tens * 10, 2),
        (_, Some(Ten), _) => (10, 1),
        (Some(unit), ..) => return Some((written_out(unit, 2), 1)),
        _ => return None,
    };
    // "năm" is five only where no year can begin: before "tháng".
    let ends_a_day = word(tokens, used) != Some(YearOrFive) || word(tokens, used + 1) == Some(Month);
    let unit = five_in_tens(tokens, used)
        .or_else(|| digit(tokens, used))
        .filter(|_| ends_a_day);
    used += usize::from(unit.is_some());
    Some((written_out(tens + unit.unwrap_or(0), 2), used))
}

/// A year written out at the start of `tokens`, and how many of them it takes.
pub(super) fn year(tokens: &[Token]) -> Option<(Number, usize)> {
    let thousands = digit(tokens, 0).filter(|_| word(tokens, 1) == Some(Thousand))?;
    let (mut value, mut used) = (thousands * 1000, 2);
    if word(tokens, used + 1) == Some(Hundred) {
        let none = word(tokens, used) == Some(NotKnown);
        value += 100 * if none { 0 } else { digit(tokens, used)? };
        used += 2;
    }
    if word(tokens, used) == Some(NoTens) {
        value += digit(tokens, used + 1)?;
        used += 2;
    } else {
        let tens = match (digit(tokens, used), word(tokens, used), word(tokens, used + 1)) {
            (Some(tens), _, Some(Ten)) => Some((tens * 10, 2)),
            (_, Some(Ten), _) => Some((10, 1)),
            _ => None,
        };
        if let Some((tens, taken)) = tens {
            value += tens;
            used += taken;
            if let Some(unit) = five_in_tens(tokens, used).or_else(|| digit(tokens, used)) {
                value += unit;
                used += 1;
            }
        }
    }
    Some((written_out(value, 4), used))
}

fn word(tokens: &[Token], at: usize) -> Option<super::words::Word> {
    match tokens.get(at) {
        Some(Token::Word(word)) => Some(*word),
        _ => None,
    }
}

fn digit(tokens: &[Token], at: usize) -> Option<u32> {
    match word(tokens, at)? {
        Unit(unit) => Some(u32::from(unit)),
        YearOrFive => Some(5),
        _ => None,
    }
}

/// "nhăm", which folds to the name of a year, is five after tens.
fn five_in_tens(tokens: &[Token], at: usize) -> Option<u32> {
    (word(tokens, at) == Some(Stem(8))).then_some(5)
}

const fn written_out(value: u32, digits: u8) -> Number {
    Number {
        value,
        digits,
        repaired: false,
    }
}
