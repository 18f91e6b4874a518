use crate::fixture::Pipeline;
use crate::people::*;
use schemas::Field;
use schemas::match_log::LogBody;
use serde_json::{Value, json};
use std::fs;

fn explain(pipeline: &Pipeline, left: u128, right: u128) -> Value {
    let (left, right) = (application(left).to_string(), application(right).to_string());
    let answer = pipeline.run(&["match", "explain", &left, &right, "-o", "json"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    answer.json()
}

#[tokio::test]
async fn a_pair_is_explained_by_what_decides_it() {
    let pipeline = Pipeline::ready().await;
    pipeline.applies(1, 1, &person(NAME, NUMBER)).await;
    pipeline.applies(2, 2, &person(NAME, MISTYPED)).await;
    pipeline.weighed(1, 2, 31_415).await;

    let told = explain(&pipeline, 1, 2);
    let text = told.to_string();
    assert!(
        !text.contains("Pâng") && !text.contains(NUMBER),
        "a value is not masked"
    );
    assert_eq!(
        told["fields"][0],
        json!({"field": "full_name", "left": "L•••", "right": "L•••", "same": true})
    );
    assert_eq!(
        (&told["weights"], &told["records"], &told["sampled_residents"]),
        (&json!("vn-1"), &json!(2), &json!(2))
    );
    assert_eq!(
        (&told["recorded_weight"], &told["recorded_by"]),
        (&json!(31.415), &json!("vn-1"))
    );
    assert_eq!(told["thresholds"], json!({"link": 0.999, "review": 0.05}));
    assert_eq!(
        (&told["together"], &told["decision"]),
        (&json!(false), &json!(null))
    );
    assert_eq!(told["verdict"]["what"], "apart");
    assert!(
        told["rules"][0]
            .as_str()
            .expect("a rule")
            .contains("personal numbers")
    );

    // The sum is the prior, all evidence, less what relatives explain.
    let figure = |value: &Value| value.as_f64().expect("a figure");
    let evidence = told["evidence"].as_array().expect("evidence");
    let bits: f64 = evidence
        .iter()
        .map(|row| figure(&row["bits"]) + figure(&row["rarity"]))
        .sum();
    let sum = figure(&told["prior"]) + bits;
    assert!((figure(&evidence[evidence.len() - 1]["sum"]) - sum).abs() < 1e-9);
    let log_odds = figure(&told["log_odds"]);
    assert!((sum - figure(&told["relatives"]["bits"]) - log_odds).abs() < 1e-9);
    assert!((figure(&told["probability"]) - 1.0 / (1.0 + (-log_odds).exp2())).abs() < 1e-9);
    let of = |column: &str| {
        evidence
            .iter()
            .find(|row| row["column"] == column)
            .expect("a column")
    };
    assert_eq!(of("personal_number")["level"], "digit");
    assert_eq!(
        (&of("given_name")["level"], &of("old_number")["level"]),
        (&json!("same"), &json!(null))
    );
    assert!(figure(&of("father_name")["rarity"]) != 0.0, "names are counted");

    let (left, right) = (application(1).to_string(), application(2).to_string());
    let shown = pipeline
        .run(&[
            "match",
            "explain",
            &left,
            &right,
            "--unmask",
            "--reason",
            "case 2026-17",
        ])
        .stdout;
    for text in [
        NAME,
        NUMBER,
        MISTYPED,
        "one digit",
        "before: one of 2 applications",
        "what relatives explain, twins most",
        "when they were compared: +31.41 bits by the weights vn-1",
        "two residents: two different personal numbers",
    ] {
        assert!(shown.contains(text), "{text}: {shown}");
    }
    let unknown = pipeline.run(&["match", "explain", &left, &resident(9).to_string()]);
    assert_eq!(unknown.code, 1);
    assert!(
        unknown.stderr.contains("neither an application nor a resident"),
        "{}",
        unknown.stderr
    );
}

#[tokio::test]
async fn residents_are_explained_by_their_likeliest_pair_and_by_who_keeps_them_apart() {
    let pipeline = Pipeline::ready().await;
    // The first resident's other application has another number than the second resident's.
    pipeline.applies(1, 1, &person(NAME, "")).await;
    pipeline.applies(2, 1, &person(NAME, NUMBER)).await;
    pipeline.applies(3, 2, &person(NAME, MISTYPED)).await;
    pipeline.applies(4, 4, &stranger()).await;
    for (left, right, millibits) in [(1, 2, 40_000), (1, 3, 39_000), (2, 3, 30_000)] {
        pipeline.weighed(left, right, millibits).await;
    }
    let (one, other) = (resident(1).to_string(), resident(2).to_string());
    let told = pipeline
        .run(&["match", "explain", &one, &other, "-o", "json"])
        .json();
    assert_eq!(told["right"]["application_id"], json!(application(3)));
    assert_eq!(
        told["left"]["resident"]["members"],
        json!([application(1), application(2)])
    );

    let told = explain(&pipeline, 1, 3);
    let verdict = &told["verdict"];
    assert_eq!((&told["rules"], &verdict["what"]), (&json!([]), &json!("apart")));
    assert_eq!(verdict["through"], json!([application(2), application(3)]));
    assert_eq!(verdict["apart"]["left"]["application_id"], json!(application(2)));
    assert!(!verdict["apart"]["rules"].as_array().expect("rules").is_empty());

    assert_eq!(explain(&pipeline, 1, 2)["verdict"]["what"], "together");
    assert_eq!(explain(&pipeline, 1, 4)["verdict"]["what"], "unlikely");
    // Who merged is explained by its redirect, and one resident can't be compared with itself.
    let merged = resident(9);
    pipeline
        .sql(format!(
            "INSERT INTO resident (resident_id, sequence, status, redirect_to, folded_name, stage, members, provenance, last_event)
             VALUES ('{merged}', 4, 'superseded', '{one}', '', 0, '{{}}', '[]', '{one}')"
        ))
        .await;
    let told = pipeline
        .run(&["match", "explain", &merged.to_string(), &other, "-o", "json"])
        .json();
    assert_eq!(told["left"]["resident"]["resident_id"], one.as_str());
    let alone = resident(4).to_string();
    assert_eq!(pipeline.run(&["match", "explain", &alone, &alone]).code, 1);
}

#[tokio::test]
async fn what_no_weight_tells_is_told_as_well() {
    let pipeline = Pipeline::ready().await;
    let mut no_name = person(NAME, "");
    no_name.retain(|(field, _)| *field != Field::FullName);
    pipeline.applies(1, 1, &person("Lò Văn Hùng", "")).await;
    pipeline.applies(2, 2, &person("Lò Văn Dũng", "")).await;
    pipeline.applies(3, 3, &no_name).await;
    pipeline.weighed(1, 3, 15_000).await;
    pipeline.weighed(2, 3, 15_000).await;
    pipeline.reviewed(1, 2, "different", 4_000).await;
    let told = explain(&pipeline, 1, 3);
    assert_eq!(told["verdict"]["what"], "ambiguous", "{}", told["verdict"]);
    assert_eq!(
        told["verdict"]["through"],
        json!([application(3), application(2), application(1)])
    );

    let decided = explain(&pipeline, 1, 2);
    assert_eq!(
        (&decided["decision"], &decided["decided_by"]),
        (&json!("different"), &json!("a.reviewer"))
    );
    assert!(
        decided["verdict"]["says"]
            .as_str()
            .expect("text")
            .contains("a.reviewer decided")
    );

    pipeline.applies(4, 4, &person("Lò Văn Hùng", "")).await;
    assert_eq!(explain(&pipeline, 1, 4)["verdict"]["what"], "never-compared");
    pipeline
        .sql(format!(
            "UPDATE application SET status = 'withdrawn', resident_id = NULL WHERE application_id = '{}'",
            application(4)
        ))
        .await;
    assert_eq!(explain(&pipeline, 1, 4)["verdict"]["what"], "unplaced");
    pipeline
        .sql(format!(
            "UPDATE application SET status = 'erased' WHERE application_id = '{}'",
            application(4)
        ))
        .await;
    let (left, right) = (application(1).to_string(), application(4).to_string());
    assert_eq!(pipeline.run(&["match", "explain", &left, &right]).code, 1);
}

#[tokio::test]
async fn rules_are_activated_in_the_log_and_unusable_ones_refused() {
    let pipeline = Pipeline::ready().await;
    pipeline.applies(1, 1, &person(NAME, NUMBER)).await;
    pipeline.applies(2, 1, &person(NAME, NUMBER)).await;
    pipeline.applies(3, 3, &person(NAME, MISTYPED)).await;
    pipeline.weighed(1, 2, 9_990).await;
    pipeline.weighed(1, 3, 5_000).await;
    pipeline.weighed(2, 3, 4_000).await;
    pipeline.reviewed(1, 3, "open", 5_000).await;
    // A rule keeps these apart, whatever the threshold.
    pipeline.applies(4, 4, &stranger()).await;
    pipeline.weighed(3, 4, 20_000).await;

    let shipped = pipeline.run(&["match", "rules", "--weights"]).stdout;
    let folder = tempfile::tempdir().expect("a folder");
    let (good, bad) = (folder.path().join("good.toml"), folder.path().join("bad.toml"));
    fs::write(
        &good,
        shipped
            .replace("\"vn-1\"", "\"vn-2\"")
            .replace("match_rate", "match_rate = 0.5 #"),
    )
    .expect("written");
    fs::write(&bad, shipped.replace("[column.sex]", "[column.gender]")).expect("written");
    let (good, bad) = (good.to_string_lossy(), bad.to_string_lossy());

    let curve = pipeline.run(&["match", "curve", "-o", "json"]).json();
    let points = curve["points"].as_array().expect("points");
    let at = |p: f64| {
        points
            .iter()
            .find(|point| point["probability"] == p)
            .expect("a point")
    };
    assert_eq!((&at(0.5)["linked"], &at(0.5)["reviews"]), (&json!(4), &json!(1)));
    assert_eq!(
        (&at(0.999)["linked"], &at(0.999)["reviews"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(
        (&at(0.9999)["linked"], &at(0.9999)["reviews"]),
        (&json!(1), &json!(3))
    );
    assert_eq!(curve["open_reviews"], 1);

    let activate = ["match", "activate", "--reason", "another year", "--wait", "0"];
    let dry = pipeline.run(&[&activate[..], &["--weights", &good, "--link", "0.9999"]].concat());
    assert_eq!(dry.code, 0, "{}", dry.stderr);
    for text in [
        "weights vn-1 -> vn-2",
        "0.999 -> 0.9999",
        "-> 0.5000",
        "dry run",
        "LINKED",
    ] {
        assert!(dry.stdout.contains(text), "{text}: {}", dry.stdout);
    }
    for (more, why) in [
        (&["--weights", &bad][..], "sex"),
        (&["--link", "0.04"], "no order"),
        (&["--link", "1"], "no order"),
        (&["--link", "NaN"], "no order"),
    ] {
        let refused = pipeline.run(&[&activate[..], more, &["--execute"]].concat());
        assert_eq!(refused.code, 4, "{more:?}: {}", refused.stderr);
        assert!(refused.stdout.contains(why), "{why}: {}", refused.stdout);
    }
    assert_eq!(pipeline.run(&activate).code, 2, "what is to be put in force?");
    assert_eq!(pipeline.match_log().len(), 0);

    let done = pipeline.run(
        &[
            &activate[..],
            &["--weights", &good, "--review", "0.1", "--execute"],
        ]
        .concat(),
    );
    assert_eq!(done.code, 0, "{}", done.stderr);
    let [LogBody::RulesActivated(activated)] = &pipeline.match_log()[..] else {
        panic!("one activation is in the log")
    };
    assert_eq!(
        (
            activated.version.as_str(),
            activated.link,
            activated.review,
            activated.reason.as_str()
        ),
        ("vn-2", 0.999, 0.1, "another year")
    );
    pipeline
        .sql(format!(
            "INSERT INTO match_rules VALUES (4, 'vn-2', $weights${}$weights$, 0.999, 0.1, 'a.admin', 'another year')",
            activated.weights
        ))
        .await;
    let rules = pipeline.run(&["match", "rules", "-o", "json"]).json();
    let versions: Vec<_> = rules["in_force"]
        .as_array()
        .expect("rules")
        .iter()
        .map(|rules| &rules["version"])
        .collect();
    assert_eq!(versions, ["vn-2", "vn-1"]);
    let told = explain(&pipeline, 1, 3);
    assert_eq!(
        (&told["weights"], &told["thresholds"]["review"]),
        (&json!("vn-2"), &json!(0.1))
    );
}

/// One of many people, all made of different parts.
fn one_of_many(n: u128, wrong: bool) -> Person {
    const SURNAMES: [&str; 7] = ["Lò", "Quàng", "Giàng", "Vàng", "Cà", "Tòng", "Nguyễn"];
    const GIVEN: [&str; 11] = [
        "Pâng", "Hoa", "Páo", "Mỷ", "Dếnh", "Ín", "Hặc", "Thương", "Sơn", "Lan", "Tuấn",
    ];
    let n = n as usize;
    let text = |text: String| -> &'static str { text.leak() };
    let (surname, given) = (SURNAMES[n % 7], GIVEN[n % 11]);
    let day = 1 + (n + usize::from(wrong && n.is_multiple_of(3))) % 28;
    let mut person = vec![
        (Field::FullName, text(format!("{surname} Văn {given}"))),
        (
            Field::DateOfBirth,
            text(format!("{}-{:02}-{day:02}", 1950 + n % 53, 1 + n % 12)),
        ),
        (Field::Sex, if n.is_multiple_of(2) { "M" } else { "F" }),
        (
            Field::FatherName,
            text(format!("{surname} Văn {}", GIVEN[(n / 3) % 11])),
        ),
        (
            Field::MotherName,
            text(format!("{} Thị {}", SURNAMES[(n / 5) % 7], GIVEN[(n / 2) % 11])),
        ),
    ];
    if !(wrong && n.is_multiple_of(2)) {
        person.push((
            Field::PersonalNumber,
            text(format!("0110{:08}", 87_000_000 + n * 37)),
        ));
    }
    person
}

#[tokio::test]
async fn weights_are_learned_from_the_register_and_tell_nothing_of_a_person() {
    const PEOPLE: u128 = 150;
    let pipeline = Pipeline::ready().await;
    for n in 0..PEOPLE {
        pipeline.applies(2 * n + 1, n, &one_of_many(n, false)).await;
        pipeline.applies(2 * n + 2, n, &one_of_many(n, true)).await;
    }
    let prefix = pipeline.role_prefix();
    let made = pipeline.run(&["register", "roles", "--prefix", &prefix, "--execute"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let login = format!("{prefix}learning");
    pipeline
        .sql(format!("CREATE ROLE {login} LOGIN IN ROLE {prefix}reviewer"))
        .await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name).display().to_string();
    let train = |name: &str, more: &[&str]| {
        let file = file(name);
        let words = ["match", "train", "--register", "--output", &file, "-o", "json"];
        pipeline.run_as(&login, &[&words[..], more].concat())
    };
    let learned = train("once.toml", &[]);
    assert_eq!(learned.code, 0, "{}", learned.stderr);
    let told = learned.json();
    assert_eq!(
        (
            &told["records"],
            &told["drawn"]["residents_read"],
            &told["drawn"]["applications_read"]
        ),
        (&json!(300), &json!(150), &json!(300))
    );
    let expected = told["expected_matches"].as_f64().expect("a figure");
    assert!(
        (100.0..220.0).contains(&expected),
        "150 pairs are one person: {expected}"
    );
    assert_eq!(train("again.toml", &[]).code, 0);
    let weights = fs::read_to_string(file("once.toml")).expect("written");
    assert_eq!(weights, fs::read_to_string(file("again.toml")).expect("written"));
    for value in ["Pâng", "Quàng", "pang", "quang", "011087", "1950-"] {
        assert!(!weights.contains(value), "{value}");
        assert!(!learned.stdout.contains(value), "{value}");
    }
    let fewer = train("fewer.toml", &["--sample", "40"]);
    assert_eq!((fewer.code, &fewer.json()["records"]), (0, &json!(40)));
    let usable = pipeline.run(&[
        "match",
        "activate",
        "--weights",
        &file("once.toml"),
        "--reason",
        "learned",
    ]);
    assert_eq!(usable.code, 0, "{}", usable.stderr);
    let reader = format!("{prefix}reading");
    pipeline
        .sql(format!("CREATE ROLE {reader} LOGIN IN ROLE {prefix}reader"))
        .await;
    let file = file("none.toml");
    let refused = pipeline.run_as(&reader, &["match", "train", "--register", "--output", &file]);
    assert_eq!(refused.code, 1, "{}", refused.stdout);
}
