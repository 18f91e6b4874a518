//! Files of weights: written, read again, and what is said of wrong ones.

use linkage::table::{Mapping, Rows};
use linkage::train::train;
use linkage::{Model, Weights};

const HEADERS: [&str; 2] = ["Họ \"tên\"", "born"];

fn model_and_weights() -> (Model, Weights) {
    let mapping = "[columns]\n'Họ \"tên\"' = { comparator = \"name\" }\nborn = { comparator = \"date\" }";
    let mapping = Mapping::parse(mapping, &HEADERS).expect("right");
    let mut rows = Rows::of(&mapping);
    for row in [
        ["an", "1987-09-05"],
        ["an", "1987-09-05"],
        ["bo", "1987-09-06"],
        ["bo", "1960"],
    ] {
        rows.add(|at| row.get(at).copied());
    }
    let table = rows.finish();
    let trained = train(
        &table.model,
        &table.dictionary,
        &table.records,
        &table.frequencies,
    );
    (table.model, trained.weights)
}

#[test]
fn weights_are_read_as_they_were_written() {
    let (model, weights) = model_and_weights();
    let text = weights.to_toml(&model);
    let again = Weights::parse(&text, &model).expect("its own file");
    assert_eq!(again.version, weights.version);
    assert!((again.match_rate - weights.match_rate).abs() < 1e-6);
    for (again, weights) in again.columns.iter().zip(&weights.columns) {
        let shares = again
            .m
            .iter()
            .chain(&again.u)
            .zip(weights.m.iter().chain(&weights.u));
        for (again, share) in shares {
            assert!((again - share).abs() < 1e-5, "{again} was {share}");
        }
    }
    assert_eq!(
        again.to_toml(&model),
        Weights::parse(&again.to_toml(&model), &model)
            .expect("again")
            .to_toml(&model)
    );
    assert!(text.contains("# +"), "each level says its bits:\n{text}");
}

#[test]
fn the_shipped_weights_are_whole() {
    let model = linkage::applicant::model();
    let shipped = Weights::shipped();
    assert_eq!(shipped.columns.len(), model.columns().len());
    assert_eq!(Weights::shipped_for(&model), Ok(shipped));
}

#[test]
fn what_is_wrong_is_said() {
    let (model, weights) = model_and_weights();
    let text = weights.to_toml(&model);
    let without = |what: &str| -> String {
        let lines = text.lines().filter(|line| !line.starts_with(what));
        lines.collect::<Vec<_>>().join("\n")
    };
    for (file, expected) in [
        (String::new(), "match_rate: must be a number of at least 0"),
        ("x = ".to_owned(), "TOML parse error"),
        (
            text.replace("match_rate = ", "match_rate = -"),
            "match_rate: must be a number of at least 0",
        ),
        (
            text.replace("[column.born]", "[column.burn]"),
            "there are no weights for born",
        ),
        (
            text.replace("\"date\"", "\"text\""),
            "column.born: the weights are for the comparator \"text\", the mapping says \"date\"",
        ),
        (without("coarse"), "column.born: the level coarse is missing"),
        (
            text.replace("coarse = { m = ", "coarse = { n = "),
            "column.born: m must stand in all levels or in none",
        ),
        (
            text.replace("coarse = { m = ", "coarse = { m = \"x\", v = "),
            "column.born: coarse: m: must be a number",
        ),
    ] {
        let fault = Weights::parse(&file, &model).expect_err(expected).to_string();
        assert!(fault.contains(expected), "{fault}\nhas not\n{expected}");
    }
}
