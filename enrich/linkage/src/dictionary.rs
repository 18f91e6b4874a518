//! Texts as numbers: each distinct text is kept once, with its folded form.

use fold::fold;
use rustc_hash::FxHashMap;

/// A text of the dictionary. 0 is no text.
pub type Symbol = u32;

/// A text with what comparing needs of it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// As it was normalised.
    pub text: Box<str>,
    /// Without case, tones and marks.
    pub folded: Box<str>,
    /// Which letters the folded form has, several of them to a bit; 0 where it isn't all ASCII.
    pub letters: u32,
}

impl Entry {
    fn of(text: &str) -> Self {
        let folded = fold(text);
        let bits = folded
            .bytes()
            .filter(|byte| *byte != b' ')
            .fold(0, |bits, byte| bits | 1 << (byte & 31));
        Self {
            text: text.into(),
            letters: if folded.is_ascii() { bits } else { 0 },
            folded: folded.into(),
        }
    }
}

/// The distinct texts of all records. Symbols depend on the order of arrival: they are never output,
/// stored or compared for order.
#[derive(Debug)]
pub struct Dictionary {
    entries: Vec<Entry>,
    symbols: FxHashMap<Box<str>, Symbol>,
}

impl Default for Dictionary {
    fn default() -> Self {
        Self {
            entries: vec![Entry::of("")],
            symbols: FxHashMap::default(),
        }
    }
}

impl Dictionary {
    /// The symbol of a text, made where it is new; 0 for an empty one.
    pub fn symbol(&mut self, text: &str) -> Symbol {
        if text.is_empty() {
            return 0;
        }
        if let Some(&symbol) = self.symbols.get(text) {
            return symbol;
        }
        let symbol = self.entries.len() as Symbol;
        self.entries.push(Entry::of(text));
        self.symbols.insert(text.into(), symbol);
        symbol
    }

    /// The text of a symbol.
    pub fn entry(&self, symbol: Symbol) -> &Entry {
        &self.entries[symbol as usize]
    }

    /// How many distinct texts there are.
    pub fn len(&self) -> usize {
        self.entries.len() - 1
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Whether a text has a tone or a mark anywhere.
pub fn has_marks(text: &str) -> bool {
    !text.is_ascii() && fold(text) != text.to_lowercase()
}
