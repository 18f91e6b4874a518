//! The words that dates are written with.

/// A word that dates have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// ngày: a day follows.
    Day,
    /// tháng: a month follows.
    Month,
    /// năm: a year follows; or the number five.
    YearOrFive,
    /// sinh and the like: says nothing of the date.
    Label,
    /// mồng, mùng: before the days 1 to 10.
    FirstTen,
    /// không rõ, chưa biết …: that something isn't known.
    NotKnown,
    /// khoảng, chừng, độ: a guess.
    Roughly,
    /// dương lịch: the solar calendar.
    Solar,
    /// lịch: stands beside âm or dương.
    Calendar,
    /// âm lịch, nhuận, rằm, the names of lunar years: the lunar calendar.
    Lunar,
    /// giêng and chạp: the first and the last month, of the lunar calendar as a rule.
    LunarMonth(u8),
    /// giáp … quý: the first part of a lunar year's name, by its place in the cycle of ten.
    Stem(u8),
    /// tý … hợi: the second part, by its place in the cycle of twelve.
    Branch(u8),
    /// một … chín, without năm, which is [`Word::YearOrFive`], and nhăm, which is the stem nhâm.
    Unit(u8),
    /// mười: ten, or tens after a unit.
    Ten,
    /// trăm.
    Hundred,
    /// nghìn, ngàn.
    Thousand,
    /// linh, lẻ: no tens.
    NoTens,
    /// A month by its English name or as a Roman number.
    NamedMonth(u8),
}

/// The word of a folded text, where dates have it.
pub(super) fn word(folded: &str) -> Option<Word> {
    use Word::*;
    Some(match folded {
        "ngay" | "ng" | "hom" => Day,
        "thang" | "thg" | "th" | "t" => Month,
        "nam" | "n" => YearOrFive,
        "sinh" | "sn" | "ns" | "de" | "vao" | "la" | "cap" | "duoc" => Label,
        "mong" | "mung" => FirstTen,
        "khong" | "chua" | "ko" | "ro" | "biet" | "nho" | "quen" | "co" | "xac" | "unknown" | "null" => {
            NotKnown
        }
        "khoang" | "chung" | "uoc" | "do" => Roughly,
        "duong" | "dl" => Solar,
        "lich" => Calendar,
        "am" | "al" | "nhuan" | "ram" | "ta" => Lunar,
        "gieng" => LunarMonth(1),
        "chap" => LunarMonth(12),
        "giap" => Stem(0),
        "at" => Stem(1),
        "binh" => Stem(2),
        "dinh" => Stem(3),
        "mau" => Stem(4),
        "ky" => Stem(5),
        "canh" => Stem(6),
        "tan" => Stem(7),
        "nham" => Stem(8),
        "quy" => Stem(9),
        "ty" => Branch(0),
        "suu" => Branch(1),
        "dan" => Branch(2),
        "mao" | "meo" => Branch(3),
        "thin" => Branch(4),
        "ngo" => Branch(6),
        "mui" => Branch(7),
        "than" => Branch(8),
        "dau" => Branch(9),
        "tuat" => Branch(10),
        "hoi" => Branch(11),
        "tuoi" => Lunar,
        "mot" => Unit(1),
        "hai" => Unit(2),
        "ba" => Unit(3),
        "bon" | "tu" => Unit(4),
        "lam" => Unit(5),
        "sau" => Unit(6),
        "bay" => Unit(7),
        "tam" => Unit(8),
        "chin" => Unit(9),
        "muoi" => Ten,
        "tram" => Hundred,
        "nghin" | "ngan" => Thousand,
        "linh" | "le" => NoTens,
        "jan" | "january" => NamedMonth(1),
        "feb" | "february" => NamedMonth(2),
        "mar" | "march" | "iii" => NamedMonth(3),
        "apr" | "april" | "iv" => NamedMonth(4),
        "may" | "v" => NamedMonth(5),
        "jun" | "june" | "vi" => NamedMonth(6),
        "jul" | "july" | "vii" => NamedMonth(7),
        "aug" | "august" | "viii" => NamedMonth(8),
        "sep" | "sept" | "september" | "ix" => NamedMonth(9),
        "oct" | "october" => NamedMonth(10),
        "nov" | "november" | "xi" => NamedMonth(11),
        "dec" | "december" | "xii" => NamedMonth(12),
        _ => return None,
    })
}
