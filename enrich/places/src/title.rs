//! The kinds of units, and the words that stand before names.

use crate::words::{Gap, Words};

/// The kind of a unit, as its name begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Province,
    /// Thành phố, under the state or under a province: the code tells which.
    City,
    Town,
    UrbanDistrict,
    RuralDistrict,
    Commune,
    Ward,
    Township,
    SpecialZone,
}

/// Kinds by the word a name begins with.
const KINDS: &[(&str, Kind)] = &[
    ("Xã ", Kind::Commune),
    ("Phường ", Kind::Ward),
    ("Thị trấn ", Kind::Township),
    ("Đặc khu ", Kind::SpecialZone),
    ("Huyện ", Kind::RuralDistrict),
    ("Quận ", Kind::UrbanDistrict),
    ("Thị xã ", Kind::Town),
    ("Thành phố ", Kind::City),
    ("Tỉnh ", Kind::Province),
];

impl Kind {
    pub(crate) fn of(name: &str) -> Option<Self> {
        let named = |(word, _): &&(&str, Self)| name.starts_with(word);
        KINDS.iter().find(named).map(|(_, kind)| *kind)
    }

    pub(crate) fn of_alias(word: &str) -> Self {
        match word {
            "phuong" => Self::Ward,
            "thitran" => Self::Township,
            _ => Self::Commune,
        }
    }

    /// The name without the word for its kind.
    pub(crate) fn strip_from(self, name: &'static str) -> &'static str {
        let bare = |(word, kind): &(&str, Self)| name.strip_prefix(word).filter(|_| *kind == self);
        KINDS.iter().find_map(bare).unwrap_or(name)
    }
}

/// How a word before a name fits the kind of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// It is the word for this kind, or there is none.
    Same,
    /// It is a word for another kind of the same level: ranks change more often than habits.
    SameLevel,
}

/// A word for a kind before a name, and where it begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Title {
    pub(crate) kind: Kind,
    pub(crate) begin: usize,
}

/// The kind that one folded word stands for.
const fn kind_of_word(word: &[u8]) -> Option<Kind> {
    Some(match word {
        b"xa" | b"x" => Kind::Commune,
        b"phuong" | b"p" | b"ph" | b"f" => Kind::Ward,
        b"tt" | b"ttr" => Kind::Township,
        b"dk" => Kind::SpecialZone,
        b"huyen" | b"h" => Kind::RuralDistrict,
        b"quan" | b"q" => Kind::UrbanDistrict,
        b"tx" => Kind::Town,
        b"tp" => Kind::City,
        b"tinh" | b"t" => Kind::Province,
        _ => return None,
    })
}

/// The kind that two folded words stand for.
const fn kind_of_words(first: &[u8], second: &[u8]) -> Option<Kind> {
    Some(match (first, second) {
        (b"thi", b"tran") | (b"t", b"t") => Kind::Township,
        (b"dac", b"khu") => Kind::SpecialZone,
        (b"huyen", b"dao") => Kind::RuralDistrict,
        (b"thi", b"xa") | (b"t", b"x") => Kind::Town,
        (b"thanh", b"pho") | (b"thu", b"do") | (b"t", b"p") => Kind::City,
        _ => return None,
    })
}

/// The tone of a word for a kind that is written out: Phượng and Xá are parts of names.
const fn tone_of_word(word: &[u8]) -> Option<u8> {
    Some(match word {
        b"phuong" | b"thanh" => 1,
        b"tran" | b"pho" => 2,
        b"tinh" | b"thu" => 3,
        b"xa" => 4,
        b"huyen" | b"quan" | b"thi" | b"dac" => 5,
        _ => return None,
    })
}

/// A word before the name of a street, a house, a village or a group of houses: what follows isn't a unit.
const fn is_locality_word(word: &[u8]) -> bool {
    is_numbered_word(word)
        || matches!(
            word,
            b"so"
                | b"nha"
                | b"sn"
                | b"duong"
                | b"d"
                | b"pho"
                | b"ngo"
                | b"ngach"
                | b"hem"
                | b"kiet"
                | b"ql"
                | b"tl"
        )
        || matches!(
            word,
            b"km"
                | b"chung"
                | b"can"
                | b"phong"
                | b"tang"
                | b"toa"
                | b"lo"
                | b"kdt"
                | b"ktx"
                | b"kdc"
                | b"cum"
        )
        || matches!(word, b"lang" | b"buon" | b"bon" | b"plei" | b"phum" | b"soc")
}

/// One that is often numbered, so that a name may follow the number: `tổ 5 Nam Thanh`.
const fn is_numbered_word(word: &[u8]) -> bool {
    matches!(
        word,
        b"thon"
            | b"ban"
            | b"to"
            | b"tdp"
            | b"khu"
            | b"kp"
            | b"tk"
            | b"khoi"
            | b"ap"
            | b"xom"
            | b"doi"
            | b"tieu"
    )
}

impl Title {
    /// The word for a kind that ends right before word `name`.
    pub(crate) fn before(words: &Words, name: usize) -> Option<Self> {
        let last = name.checked_sub(1).filter(|_| words.before(name) < Gap::Hard)?;
        let pair = last.checked_sub(1).filter(|_| words.before(last) < Gap::Hard);
        let spelt = |at: usize| tone_of_word(words.word(at)).is_none_or(|tone| words.may_have_tone(at, tone));
        let of_two = pair.and_then(|first| {
            let kind = kind_of_words(words.word(first), words.word(last))?;
            (spelt(first) && spelt(last)).then_some(Self { kind, begin: first })
        });
        of_two.or_else(|| {
            let kind = kind_of_word(words.word(last))?;
            let of_a_name = tone_of_word(words.word(last)).is_some() && words.is_bare_among_marked(last);
            (spelt(last) && !of_a_name).then_some(Self { kind, begin: last })
        })
    }

    /// Whether a word for a kind ends right before word `at`, whatever follows.
    pub(crate) fn ends_before(words: &Words, at: usize) -> bool {
        at > 1
            && (kind_of_word(words.word(at - 1)).is_some()
                || kind_of_words(words.word(at - 2), words.word(at - 1)).is_some())
    }

    /// Whether a word for a kind begins with word `at` and a name follows.
    pub(crate) fn begins(words: &Words, at: usize) -> Option<Kind> {
        (1..=2)
            .filter(|length| at + length < words.len())
            .find_map(|length| Self::before(words, at + length).filter(|title| title.begin == at))
            .map(|title| title.kind)
    }
}

impl Kind {
    /// How a unit of this kind fits a written word for a kind; `None` if they can't be the same.
    pub(crate) fn fits(self, title: Option<Title>, is_province: bool) -> Option<Fit> {
        let Some(Title { kind: written, .. }) = title else {
            return Some(Fit::Same);
        };
        if written == self {
            return Some(Fit::Same);
        }
        let same_level = match self {
            // Townships ended with the districts; special zones began then.
            Self::Commune | Self::Ward | Self::Township => {
                matches!(written, Self::Commune | Self::Ward | Self::Township)
            }
            Self::SpecialZone => matches!(written, Self::Commune | Self::Ward),
            Self::City if is_province => written == Self::Province,
            Self::City | Self::Town | Self::UrbanDistrict | Self::RuralDistrict => {
                matches!(
                    written,
                    Self::City | Self::Town | Self::UrbanDistrict | Self::RuralDistrict
                )
            }
            Self::Province => false,
        };
        same_level.then_some(Fit::SameLevel)
    }
}

/// Whether a word names a street, a house, a village or a group of houses that follows.
pub(crate) fn is_locality(words: &Words, at: usize) -> bool {
    is_locality_word(words.word(at))
}

/// Whether a numbered village or group of houses ends right before word `at`.
pub(crate) fn ends_numbered_locality(words: &Words, at: usize) -> bool {
    at >= 2 && words.is_number(at - 1) && is_numbered_word(words.word(at - 2))
}
