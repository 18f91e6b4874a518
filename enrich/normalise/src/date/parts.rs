//! Which numbers of a written date are its day, month and year.

use super::spoken;
use super::token::{Number, Token};
use super::words::Word;

/// A number, or a place left blank, under the word that stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub label: Option<Label>,
    /// `None`: blank.
    pub number: Option<Number>,
}

/// What the word before a number says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Day,
    Month,
    Year,
}

/// A written date, taken apart.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub parts: Vec<Part>,
    /// It has words, not marks alone.
    pub in_words: bool,
    /// A letter stands for a digit.
    pub repaired: bool,
    pub lunar: bool,
    pub roughly: bool,
    pub not_known: bool,
    /// "tháng năm 1950": May, or a month left out.
    pub month_five_or_none: bool,
    pub stem: Option<u8>,
    pub branch: Option<u8>,
}

/// Takes the tokens of a date apart; nothing where they are no date's.
pub(super) fn of(tokens: &[Token]) -> Option<Parts> {
    let mut found = Parts {
        in_words: tokens.iter().any(|token| matches!(token, Token::Word(_))),
        ..Parts::default()
    };
    let (mut label, mut day_left_out) = (None, false);
    let mut at = 0;
    while let Some(&token) = tokens.get(at) {
        at += 1;
        match token {
            Token::Number(number) => found.push(label.take(), Some(number)),
            Token::Blank => found.push(label.take(), None),
            Token::Separator => {
                // "//1950" and "/ /1950" leave places blank; between words a mark says nothing.
                let nothing_before = at == 1 || tokens.get(at - 2) == Some(&Token::Separator);
                if nothing_before && !found.in_words {
                    found.push(None, None);
                }
            }
            Token::Word(word) => {
                let next = tokens[at..].iter().find(|&&token| token != Token::Separator);
                match word {
                    Word::Day => label = Some(Label::Day),
                    Word::Month => {
                        day_left_out |= label == Some(Label::Day);
                        label = Some(Label::Month);
                    }
                    Word::YearOrFive => match (label, next) {
                        (Some(Label::Day), Some(Token::Word(Word::Month)))
                        | (Some(Label::Month), Some(Token::Word(Word::YearOrFive))) => {
                            let five = spoken::small(&tokens[at - 1..at])?.0;
                            found.push(label.take(), Some(five));
                        }
                        _ => {
                            found.month_five_or_none |= label == Some(Label::Month) && !day_left_out;
                            label = Some(Label::Year);
                        }
                    },
                    Word::Unit(_) | Word::Ten => {
                        let in_year = label == Some(Label::Year);
                        let read = if in_year { spoken::year } else { spoken::small };
                        let (number, used) = read(&tokens[at - 1..])?;
                        found.push(label.take(), Some(number));
                        at += used - 1;
                    }
                    Word::NamedMonth(month) => found.month(month),
                    Word::LunarMonth(month) => {
                        label = None;
                        found.lunar = true;
                        found.month(month);
                    }
                    Word::Stem(3) if found.not_known => {}
                    Word::Stem(stem) => (found.lunar, found.stem) = (true, Some(stem)),
                    Word::Branch(branch) => (found.lunar, found.branch) = (true, Some(branch)),
                    Word::Lunar => found.lunar = true,
                    Word::Roughly => found.roughly = true,
                    Word::NotKnown => (found.not_known, label) = (true, None),
                    Word::Label => label = None,
                    Word::FirstTen | Word::Solar | Word::Calendar => {}
                    Word::Hundred | Word::Thousand | Word::NoTens => return None,
                }
            }
        }
    }
    // "quý" alone is a quarter, "tân" and "mậu" are names.
    let half_a_name = found.stem.is_some() && found.branch.is_none();
    (!half_a_name).then_some(found)
}

impl Parts {
    fn push(&mut self, label: Option<Label>, number: Option<Number>) {
        self.repaired |= number.is_some_and(|number| number.repaired);
        self.parts.push(Part { label, number });
    }

    fn month(&mut self, month: u8) {
        let number = Number {
            value: u32::from(month),
            digits: 2,
            repaired: false,
        };
        self.push(Some(Label::Month), Some(number));
    }
}
