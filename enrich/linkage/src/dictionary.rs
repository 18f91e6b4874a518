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
        let nothing = Entry {
            text: "".into(),
            folded: "".into(),
        };
        Self {
            entries: vec![nothing],
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
        self.entries.push(Entry {
            text: text.into(),
            folded: fold(text).into(),
        });
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
