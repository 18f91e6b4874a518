//! How long loading, a code, a text and a text read before take: `cargo run --release -p places --example pace`.

use chrono::NaiveDate;
use places::{Context, Level, Places, State};
use std::hint::black_box;
use std::time::Instant;

fn main() {
    let begun = Instant::now();
    let places = Places::load();
    println!("load            {:8.2} ms", begun.elapsed().as_secs_f64() * 1e3);

    let communes = |state| places.units(state).filter(|unit| unit.level() == Level::Commune);
    let codes: Vec<String> = communes(State::Of63)
        .map(|unit| unit.code().to_string())
        .collect();
    let old: Vec<String> = communes(State::Of63).map(|unit| unit.label()).collect();
    let new: Vec<String> = communes(State::Today).map(|unit| unit.label()).collect();
    let house: Vec<String> = old.iter().map(|text| format!("Số 12, tổ 5, {text}")).collect();
    let bare: Vec<String> = old.iter().map(|text| fold::fold(text)).collect();
    let slips: Vec<String> = old.iter().map(|text| text.replacen('n', "nm", 1)).collect();
    for (what, texts) in [
        ("code", &codes),
        ("commune today", &new),
        ("old, in full", &old),
        ("old, with house", &house),
        ("old, no marks", &bare),
        ("old, misspelt", &slips),
    ] {
        time(what, texts, |text, context| places.read_afresh(text, context));
    }
    let again: Vec<String> = old.iter().step_by(10).cycle().take(20_000).cloned().collect();
    time("read before", &again, |text, context| places.read(text, context));
}

fn time<T>(what: &str, texts: &[String], read: impl Fn(&str, Context<'_>) -> T) {
    let context = Context {
        as_of: NaiveDate::from_ymd_opt(2025, 6, 30),
        province: None,
    };
    let begun = Instant::now();
    for text in texts {
        black_box(read(text, context));
    }
    println!(
        "{what:15} {:8.2} us",
        begun.elapsed().as_secs_f64() * 1e6 / texts.len() as f64
    );
}
