//! A text as folded words with their marks, on the stack.

use fold::{Letter, Marks};

/// Letters of a text that are looked at. An address is shorter; what is longer isn't read.
const LETTERS: usize = 320;
/// Words of a text that are looked at.
const WORDS: usize = 72;

/// What stands before a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// Nothing: the text changed between letters and digits, as in `P5`.
    Glued,
    /// A space.
    Space,
    /// A dot, a dash, a colon: may divide two names, or stand within one, as in `Bà Rịa - Vũng Tàu`.
    Soft,
    /// A comma and the like, or an end of the text: no name goes across.
    Hard,
}

impl Gap {
    fn of(c: char) -> Self {
        match c {
            ',' | ';' | '/' | '\\' | '|' | '\n' | '\r' | '(' | ')' | '[' | ']' | '，' | '、' => Self::Hard,
            c if c.is_whitespace() => Self::Space,
            _ => Self::Soft,
        }
    }
}

#[derive(Clone, Copy)]
struct Word {
    begin: u16,
    end: u16,
    before: Gap,
}

/// The words of a text.
#[derive(Clone)]
pub(crate) struct Words {
    letters: [u8; LETTERS],
    marks: [Marks; LETTERS],
    used: usize,
    words: [Word; WORDS],
    count: usize,
    /// Whether any letter has a mark: a text without any says nothing about marks.
    pub(crate) marked: bool,
}

impl Words {
    /// The words of a text; `None` if it is longer than any address.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let mut words = Self {
            letters: [0; LETTERS],
            marks: [Marks::default(); LETTERS],
            used: 0,
            words: [Word {
                begin: 0,
                end: 0,
                before: Gap::Hard,
            }; WORDS],
            count: 0,
            marked: false,
        };
        let mut gap = Some(Gap::Hard);
        for c in text.chars() {
            if let Some(mark) = Marks::combining(c) {
                if let Some(last) = words.used.checked_sub(1) {
                    words.marks[last] = words.marks[last].and(mark);
                    words.marked = true;
                }
                continue;
            }
            // H'Drai and HDrai are one name.
            if matches!(
                c,
                '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}'
            ) {
                continue;
            }
            match Letter::of(narrow(c)) {
                Some(letter) if letter.base.is_ascii_alphanumeric() => words.push(letter, &mut gap)?,
                Some(_) => gap = gap.max(Some(Gap::of(c))),
                None if c.is_alphanumeric() => words.push(
                    Letter {
                        base: '?',
                        marks: Marks::default(),
                    },
                    &mut gap,
                )?,
                None => gap = gap.max(Some(Gap::of(c))),
            }
        }
        words.drop_former();
        words.drop_country();
        Some(words)
    }

    fn push(&mut self, letter: Letter, gap: &mut Option<Gap>) -> Option<()> {
        let base = letter.base as u8;
        let turned = self.used > 0 && self.letters[self.used - 1].is_ascii_digit() != base.is_ascii_digit();
        let before = gap.take().or(turned.then_some(Gap::Glued));
        if self.used == LETTERS {
            return None;
        }
        if let Some(before) = before {
            if self.count == WORDS {
                return None;
            }
            let begin = self.used as u16;
            self.words[self.count] = Word {
                begin,
                end: begin,
                before,
            };
            self.count += 1;
        }
        let word = &mut self.words[self.count - 1];
        // 05 is 5.
        if word.end == word.begin + 1
            && self.letters[usize::from(word.begin)] == b'0'
            && base.is_ascii_digit()
        {
            self.used -= 1;
            word.end -= 1;
        }
        self.letters[self.used] = base;
        self.marks[self.used] = letter.marks;
        self.marked |= letter.marks != Marks::default();
        self.used += 1;
        word.end += 1;
        Some(())
    }

    /// `tỉnh Hà Tây (cũ)`: that a unit is a former one is seen from the unit.
    fn drop_former(&mut self) {
        let mut kept = 0;
        for at in 0..self.count {
            let ends_part = at + 1 == self.count || self.words[at + 1].before == Gap::Hard;
            let former = at > 0 && ends_part && self.is(at, "cu") && {
                let last = usize::from(self.words[at].end) - 1;
                self.marks[last].tone() == 4 || (!self.marked && self.words[at].before == Gap::Hard)
            };
            if !former {
                self.words[kept] = self.words[at];
                kept += 1;
            }
        }
        self.count = kept;
    }

    fn drop_country(&mut self) {
        while let Some(last) = self.count.checked_sub(1).filter(|&last| last > 0) {
            if self.is(last, "vn") || self.is(last, "vietnam") {
                self.count = last;
            } else if last > 1 && self.is(last, "nam") && self.is(last - 1, "viet") {
                self.count = last - 1;
            } else {
                break;
            }
        }
    }

    pub(crate) const fn len(&self) -> usize {
        self.count
    }

    pub(crate) fn word(&self, at: usize) -> &[u8] {
        let Word { begin, end, .. } = self.words[at];
        &self.letters[usize::from(begin)..usize::from(end)]
    }

    pub(crate) fn is(&self, at: usize, word: &str) -> bool {
        self.word(at) == word.as_bytes()
    }

    /// Whether nothing says that a word has another tone than this: `phường` has the first, and `phuong` may
    /// have it; `phương` and `phượng` don't.
    pub(crate) fn may_have_tone(&self, at: usize, tone: u8) -> bool {
        let mut written = Marks::default();
        for (_, marks) in self.letters(at, at + 1) {
            written = written.and(marks);
        }
        written.tone() == tone || (written.tone() == 0 && written.quality() == 0)
    }

    /// Whether a word without marks stands among others that have them, and behind one in the same part:
    /// `Dương Quan`.
    pub(crate) fn is_bare_among_marked(&self, at: usize) -> bool {
        self.marked
            && self.before(at) != Gap::Hard
            && self
                .letters(at, at + 1)
                .all(|(_, marks)| marks == Marks::default())
    }

    /// Whether a word for a kind is written out, not part of a name that folds to it: xã, not Xa Dung.
    pub(crate) fn is_spelt_title(&self, at: usize) -> bool {
        const TITLES: [(&str, u8); 4] = [("xa", 4), ("phuong", 1), ("huyen", 5), ("tinh", 3)];
        TITLES.iter().any(|&(title, tone)| {
            self.is(at, title)
                && (!self.marked || self.letters(at, at + 1).any(|(_, marks)| marks.tone() == tone))
        })
    }

    pub(crate) fn before(&self, at: usize) -> Gap {
        self.words[at].before
    }

    pub(crate) fn is_number(&self, at: usize) -> bool {
        self.word(at)[0].is_ascii_digit()
    }

    /// The letters of some words with their marks, without spaces.
    pub(crate) fn letters(&self, begin: usize, end: usize) -> impl Iterator<Item = (u8, Marks)> + Clone {
        self.words[begin..end]
            .iter()
            .flat_map(|word| usize::from(word.begin)..usize::from(word.end))
            .map(|at| (self.letters[at], self.marks[at]))
    }

    /// Where the part that ends before word `end` begins: after the last hard gap.
    pub(crate) fn part_before(&self, end: usize) -> usize {
        (0..end).rfind(|&at| self.before(at) == Gap::Hard).unwrap_or(0)
    }

    /// The same parts in the other order, as `tỉnh A, huyện B, xã C` has them, if there are two at least.
    pub(crate) fn turned(&self, is_title: impl Fn(usize) -> bool) -> Option<Self> {
        let hard = (1..self.count).any(|at| self.before(at) == Gap::Hard);
        let divides = if hard { Gap::Hard } else { Gap::Soft };
        let mut turned = self.clone();
        let (mut end, mut filled) = (self.count, 0);
        for begin in (0..self.count).rev() {
            if begin == 0 || self.before(begin) >= divides || is_title(begin) {
                turned.words[filled..filled + end - begin].copy_from_slice(&self.words[begin..end]);
                turned.words[filled].before = Gap::Hard;
                filled += end - begin;
                end = begin;
                if begin == 0 && filled == self.count && turned.word(0) == self.word(0) {
                    return None;
                }
            }
        }
        Some(turned)
    }
}

/// Fullwidth forms as ASCII.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}
