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
    pub(crate) fn strip_from(self, name: &str) -> &str {
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

/// Words for kinds as people write them, folded.
const TITLES: &[(&[&str], Kind)] = &[
    (&["thi", "tran"], Kind::Township),
    (&["thi", "xa"], Kind::Town),
    (&["thanh", "pho"], Kind::City),
    (&["thu", "do"], Kind::City),
    (&["dac", "khu"], Kind::SpecialZone),
    (&["huyen", "dao"], Kind::RuralDistrict),
    (&["t", "t"], Kind::Township),
    (&["t", "x"], Kind::Town),
    (&["t", "p"], Kind::City),
    (&["xa"], Kind::Commune),
    (&["x"], Kind::Commune),
    (&["phuong"], Kind::Ward),
    (&["p"], Kind::Ward),
    (&["ph"], Kind::Ward),
    (&["f"], Kind::Ward),
    (&["tt"], Kind::Township),
    (&["ttr"], Kind::Township),
    (&["dk"], Kind::SpecialZone),
    (&["huyen"], Kind::RuralDistrict),
    (&["h"], Kind::RuralDistrict),
    (&["quan"], Kind::UrbanDistrict),
    (&["q"], Kind::UrbanDistrict),
    (&["tx"], Kind::Town),
    (&["tp"], Kind::City),
    (&["tinh"], Kind::Province),
    (&["t"], Kind::Province),
];

/// Words before the name of a street, a house, a village or a group of houses: what follows isn't a unit.
const LOCALITIES: &[&str] = &[
    "so", "nha", "sn", "duong", "d", "pho", "ngo", "ngach", "hem", "kiet", "ql", "tl", "km", "chung", "can",
    "phong", "tang", "toa", "lo", "kdt", "ktx", "kdc", "cum", "lang", "buon", "bon", "plei", "phum", "soc",
];

/// Those that are often numbered, so that a name may follow the number: `tổ 5 Nam Thanh`.
const NUMBERED: &[&str] = &[
    "thon", "ban", "to", "tdp", "khu", "kp", "tk", "khoi", "ap", "xom", "doi", "tieu",
];

impl Title {
    /// The word for a kind that ends right before word `name`.
    pub(crate) fn before(words: &Words, name: usize) -> Option<Self> {
        TITLES.iter().find_map(|(title, kind)| {
            let begin = name.checked_sub(title.len())?;
            let fits = (begin..name).zip(*title).all(|(at, word)| words.is(at, word))
                && (begin + 1..=name).all(|at| words.before(at) < Gap::Hard);
            fits.then_some(Self { kind: *kind, begin })
        })
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
    LOCALITIES.iter().chain(NUMBERED).any(|word| words.is(at, word))
}

/// Whether a numbered village or group of houses ends right before word `at`.
pub(crate) fn ends_numbered_locality(words: &Words, at: usize) -> bool {
    at >= 2 && words.is_number(at - 1) && NUMBERED.iter().any(|word| words.is(at - 2, word))
}
