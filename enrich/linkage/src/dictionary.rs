//! Texts as numbers: each distinct text is kept once, with its folded form.

use crate::pages::Pages;
use fold::fold;
use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::hash::BuildHasher;

/// A text of the dictionary. 0 is no text.
pub type Symbol = u32;

/// Bytes of a text that are kept: what is longer is compared by its beginning.
const LONGEST: usize = 16_000;
/// Bytes of a page of texts: the place of a text has its page in front of its offset.
const PAGE: usize = 1 << OFFSET_BITS;
const OFFSET_BITS: u32 = 18;
/// The length of a folded form that is the text: more than any has.
const ITSELF: u16 = u16::MAX;

/// A text with what comparing needs of it.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// As it was normalised.
    pub text: &'a str,
    /// Without case, tones and marks.
    pub folded: &'a str,
    /// Which letters the folded form has, several of them to a bit; 0 where it isn't all ASCII.
    pub letters: u32,
}

/// Where a text lies and, behind it, its folded form, unless that is the text itself.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    at: u32,
    text: u16,
    folded: u16,
    letters: u32,
}

/// The distinct texts of all records. Symbols depend on the order of arrival: they are never output,
/// stored or compared for order.
#[derive(Debug)]
pub struct Dictionary {
    pages: Vec<String>,
    places: Pages<Place>,
    symbols: HashTable<Symbol>,
}

impl Default for Dictionary {
    fn default() -> Self {
        let mut places = Pages::default();
        places.push([Place::default()]);
        Self {
            pages: vec![String::new()],
            places,
            symbols: HashTable::new(),
        }
    }
}

impl Dictionary {
    /// The symbol of a text, made where it is new; 0 for an empty one.
    pub fn symbol(&mut self, text: &str) -> Symbol {
        let text = beginning(text, LONGEST);
        if text.is_empty() {
            return 0;
        }
        let hash = FxBuildHasher.hash_one(text);
        if let Some(&symbol) = self.symbols.find(hash, |&known| self.text(known) == text) {
            return symbol;
        }
        let symbol = self.places.len() as Symbol;
        let place = self.keep(text);
        self.places.push([place]);
        let (pages, places) = (&self.pages, &self.places);
        self.symbols.insert_unique(hash, symbol, |&known| {
            FxBuildHasher.hash_one(entry(pages, places[known as usize]).text)
        });
        symbol
    }

    fn keep(&mut self, text: &str) -> Place {
        let folded = fold(text);
        let folded = beginning(&folded, 2 * LONGEST);
        let bits = folded
            .bytes()
            .filter(|byte| *byte != b' ')
            .fold(0, |bits, byte| bits | 1 << (byte & 31));
        if self.pages[self.pages.len() - 1].len() + text.len() + folded.len() > PAGE {
            self.pages.push(String::with_capacity(PAGE));
        }
        let last = self.pages.len() - 1;
        let page = &mut self.pages[last];
        let at = last as u32 * PAGE as u32 + page.len() as u32;
        page.push_str(text);
        if folded != text {
            page.push_str(folded);
        }
        Place {
            at,
            text: text.len() as u16,
            folded: if folded == text {
                ITSELF
            } else {
                folded.len() as u16
            },
            letters: if folded.is_ascii() { bits } else { 0 },
        }
    }

    /// The text of a symbol.
    pub fn entry(&self, symbol: Symbol) -> Entry<'_> {
        entry(&self.pages, self.places[symbol as usize])
    }

    fn text(&self, symbol: Symbol) -> &str {
        self.entry(symbol).text
    }

    /// How many distinct texts there are.
    pub const fn len(&self) -> usize {
        self.places.len() - 1
    }

    /// Whether there is no text.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn entry(pages: &[String], place: Place) -> Entry<'_> {
    let page = &pages[(place.at >> OFFSET_BITS) as usize];
    let from = place.at as usize & (PAGE - 1);
    let between = from + usize::from(place.text);
    let text = &page[from..between];
    Entry {
        text,
        folded: match place.folded {
            ITSELF => text,
            folded => &page[between..between + usize::from(folded)],
        },
        letters: place.letters,
    }
}

fn beginning(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// Whether a text has a tone or a mark anywhere.
pub fn has_marks(text: &str) -> bool {
    !text.is_ascii() && fold(text) != text.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_again_across_pages() {
        let mut dictionary = Dictionary::default();
        let text = |n: u32| format!("Lò Thị Ơn {n}");
        let symbols: Vec<Symbol> = (0..30_000).map(|n| dictionary.symbol(&text(n))).collect();
        assert!(dictionary.pages.len() > 2);
        assert_eq!((dictionary.len(), dictionary.symbol("")), (30_000, 0));
        for n in [0, 1, 9_999, 29_999] {
            let symbol = symbols[n as usize];
            assert_eq!(dictionary.symbol(&text(n)), symbol);
            assert_eq!(dictionary.entry(symbol).text, text(n));
            assert_eq!(dictionary.entry(symbol).folded, format!("lo thi on {n}"));
        }
    }

    #[test]
    fn a_text_without_marks_and_capitals_is_its_own_folded_form() {
        let mut dictionary = Dictionary::default();
        let symbols = ["b1234567", "100490250", "Ánh"].map(|text| dictionary.symbol(text));
        let folded = symbols.map(|symbol| dictionary.entry(symbol).folded);
        assert_eq!(folded, ["b1234567", "100490250", "anh"]);
        assert_eq!(dictionary.pages[0], "b1234567100490250Ánhanh");
    }

    #[test]
    fn what_is_too_long_is_kept_as_far_as_it_fits() {
        let mut dictionary = Dictionary::default();
        let symbol = dictionary.symbol(&"ắ".repeat(20_000));
        assert!(dictionary.entry(symbol).text.len() <= LONGEST);
        assert_eq!(dictionary.symbol(&"ắ".repeat(30_000)), symbol);
    }
}
