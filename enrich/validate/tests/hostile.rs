//! Whatever is written is answered, in words that its length bounds, and what is answered is stable.

use normalise::{Context, Date, KINDS};
use rules::catalogue::{envelope, text};
use rules::{Reading, Ruleset};
use schemas::event::{ApplicationSubmitted, Body, Channel, Service};
use schemas::{Applicant, Field, Finding, Severity};

/// Findings and candidates that a reader has of one text at most.
const MOST_FOUND: usize = 8;
const MOST_CANDIDATES: usize = 20;

/// Pieces of what readers look for, and of what breaks programs.
const PIECES: &[&str] = &[
    "a",
    "ắ",
    "Ắ",
    "a\u{306}\u{301}",
    "\u{301}",
    "\u{323}\u{302}",
    "đ",
    "D\u{336}",
    "I\u{307}",
    "\u{200b}",
    "\u{ad}",
    "\u{202e}",
    "\u{feff}",
    "\u{a0}",
    "\u{fffd}",
    "\u{e000}",
    "\u{1}",
    "\u{7f}",
    "\u{85}",
    "\t",
    "\n",
    "\u{fdfa}",
    "\u{1d15e}",
    "ﬃ",
    "½",
    "각",
    "漢",
    "а",
    "Ω",
    "ء",
    "🏴\u{e0067}\u{e007f}",
    "👨\u{200d}👩",
    "TrÇn ",
    "NGUYEÃN ",
    "Nguyá»…n ",
    "V¨n",
    "?",
    "Bản ",
    "xã ",
    "P. ",
    "Q.",
    "TT ",
    "tỉnh Điện Biên, ",
    "Điện Biên - ",
    "Hòa ",
    "hoà ",
    "thuỷ ",
    "Y'",
    "H'",
    "-",
    "'",
    "(",
    ")",
    "tức ",
    "(tức ",
    "và ",
    "vợ ông ",
    "Ông ",
    "TS. ",
    "không rõ ",
    "chưa có ",
    "x",
    "0",
    "O",
    "l",
    "9",
    "+84",
    "+",
    "0912345678/",
    "(08)",
    "ext ",
    "ngày ",
    "tháng ",
    "năm ",
    "mười ",
    "1/",
    "/",
    ".",
    "1950",
    "1950 08:30",
    "T00:00:00Z",
    ":",
    "âm lịch ",
    "Mậu Thân ",
    "@",
    "@2025-07-01",
    "03127",
    "CMND ",
    ", ",
    ";",
    "e",
    "NaN",
    "\"",
    "\\",
    "%00",
    "\r",
];

/// The next of a fixed series of numbers (Knuth, MMIX).
fn next(state: &mut u64) -> usize {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize
}

fn filled(piece: &str, characters: usize) -> String {
    piece.chars().cycle().take(characters).collect()
}

fn texts() -> Vec<String> {
    let most = normalise::text::MAX_CHARACTERS;
    let mut texts = vec![String::new(), " ".to_owned(), "\0".to_owned()];
    for piece in PIECES {
        texts.extend([1, 12, 200, most].map(|characters| filled(piece, characters)));
    }
    let mut state = 7;
    for _ in 0..600 {
        let pieces = 1 + next(&mut state) % 40;
        let mixed = (0..pieces).map(|_| PIECES[next(&mut state) % PIECES.len()]);
        texts.push(mixed.collect());
    }
    texts
}

#[test]
fn every_reader_answers_every_text_and_keeps_its_own_normal_form() {
    let context = Context {
        as_of: Date::of_day(2025, 6, 30),
        ..Context::default()
    };
    for text in &texts() {
        for kind in KINDS {
            let once = kind.read(text, &context);
            let begins: String = text.chars().take(40).collect();
            assert!(once.found.len() <= MOST_FOUND, "{}: {begins:?}", kind.name);
            assert!(
                once.candidates.len() <= MOST_CANDIDATES,
                "{}: {begins:?}",
                kind.name
            );
            let certain = once.severity().is_none_or(|heaviest| heaviest == Severity::Note);
            let Some(value) = once.value.filter(|_| certain) else {
                continue;
            };
            let again = kind.read(&value, &context);
            assert!(again.value.as_ref() == Some(&value), "{}: {begins:?}", kind.name);
        }
    }
}

/// What bounds the time that any text takes, however long it is.
#[test]
fn what_is_too_long_is_not_read() {
    let most = normalise::text::MAX_CHARACTERS;
    for piece in PIECES {
        for kind in KINDS {
            let reading = kind.read(&filled(piece, most + 1), &Context::default());
            assert_eq!(
                reading,
                Reading::uncertain(&text::TOO_LONG),
                "{}: {piece:?}",
                kind.name
            );
        }
    }
}

#[test]
fn a_form_full_of_any_text_is_examined() {
    let megabyte = "Bản Ắ, xã ".repeat(80_000);
    for text in texts().iter().chain([&megabyte]) {
        let mut applicant = Applicant::default();
        for &field in Field::ALL {
            applicant.set(field, Some(text.clone()));
        }
        let body = Body::ApplicationSubmitted(ApplicationSubmitted {
            application_id: Default::default(),
            revision: 1,
            reference: None,
            form_id: text.clone(),
            form_version: text.clone(),
            channel: Channel::MobileTeam,
            service: Service::FirstIssue,
            commune: Some(text.clone()),
            village: None,
            team: None,
            applicant,
            attachments: Vec::new(),
        });
        let examined = validate::body(&body, Date::of_day(2025, 6, 30), &Ruleset::default());
        assert!(examined.changes.len() <= 2 * Field::ALL.len());
        let failed = |finding: &Finding| finding.code == envelope::RULES_FAILED.code;
        assert!(!examined.findings.iter().any(failed), "{} bytes", text.len());
        assert!(examined.findings.len() <= MOST_FOUND * Field::ALL.len());
    }
}
