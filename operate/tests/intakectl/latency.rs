use crate::fixture::Pipeline;
use serde_json::{Value, json};

/// A register without topics: latency is in its rows.
async fn register() -> Pipeline {
    let pipeline = Pipeline::empty().await;
    let migrated = pipeline.run(&["register", "migrate", "--execute"]);
    assert_eq!(migrated.code, 0, "{}", migrated.stderr);
    pipeline
}

/// 100 events of a province that were published at midnight of 2026-11-24 in Viet Nam; the n-th takes
/// `n` times `stages` seconds for each of the four ways from `captured` to `loaded`.
async fn events(pipeline: &Pipeline, province: &str, stages: [i64; 5]) {
    let [spool, publish, normalise, matching, load] = stages;
    pipeline
        .sql(format!(
            "INSERT INTO intake_event (sequence, province, captured_at, spooled_at, appended_at, logged_at, matched_at,
                                       loaded_at, kind, outcome)
             SELECT (SELECT COALESCE(max(sequence), 0) FROM intake_event) + n, '{province}',
                    at - n * interval '1 s' * ({publish} + {spool}), at - n * interval '1 s' * {publish}, at,
                    at + n * interval '1 s' * {normalise}, at + n * interval '1 s' * ({normalise} + {matching}),
                    at + n * interval '1 s' * ({normalise} + {matching} + {load}), 'application', 'loaded'
               FROM generate_series(1, 100) AS n, (SELECT timestamptz '2026-11-23 17:00:00Z' AS at) AS midnight"
        ))
        .await;
}

#[track_caller]
fn latency(pipeline: &Pipeline, args: &[&str]) -> Value {
    let answer = pipeline.run(&[&["latency", "-o", "json"], args].concat());
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    answer.json()
}

/// `[events, left out, p50, p95, p99, max]` of a stage, times in whole milliseconds.
fn figures(passage: &Value, stage: &str) -> Vec<i64> {
    let stage = &passage[stage];
    let times = ["p50", "p95", "p99", "max"].map(|name| stage["seconds"][name].as_f64());
    let counts = ["events", "left_out"].map(|name| stage[name].as_i64().expect("a count"));
    let times = times
        .iter()
        .flatten()
        .map(|seconds| (seconds * 1000.0).round() as i64);
    counts.into_iter().chain(times).collect()
}

/// What the percentiles of 1 to 100 are, by linear interpolation, times `seconds`.
fn of_one_to_a_hundred(seconds: i64) -> Vec<i64> {
    [
        &[100, 0],
        &[50_500, 95_050, 99_010, 100_000].map(|ms| ms * seconds)[..],
    ]
    .concat()
}

#[tokio::test]
async fn percentiles_are_as_by_hand_and_the_worst_province_is_first() {
    let pipeline = register().await;
    events(&pipeline, "dien-bien", [5, 4, 1, 2, 3]).await;
    events(&pipeline, "son-la", [1, 1, 3, 3, 3]).await;
    let told = latency(&pipeline, &["--day", "2026-11-24"]);
    assert_eq!(
        [&told["from"], &told["to"]],
        ["2026-11-23T17:00:00Z", "2026-11-24T17:00:00Z"]
    );
    let provinces: Vec<&Value> = told["provinces"].as_array().expect("a list").iter().collect();
    assert_eq!(
        provinces
            .iter()
            .map(|p| p["province"].clone())
            .collect::<Vec<_>>(),
        ["son-la", "dien-bien"]
    );
    for (stage, seconds) in [
        ("spool", 5),
        ("publish", 4),
        ("normalise", 1),
        ("match", 2),
        ("load", 3),
        ("whole", 6),
    ] {
        assert_eq!(
            figures(provinces[1], stage),
            of_one_to_a_hundred(seconds),
            "{stage}"
        );
    }
    let whole = figures(&told["all"], "whole");
    assert_eq!((whole[0], whole[1], whole[5]), (200, 0, 900_000), "all: {told}");
    let one = latency(&pipeline, &["--day", "2026-11-24", "--province", "dien-bien"]);
    assert_eq!(one["provinces"], json!([provinces[1]]));
    let table = pipeline.run(&["latency", "--day", "2026-11-24"]).stdout;
    let line = table
        .lines()
        .find(|line| line.starts_with("dien-bien"))
        .expect("its rows");
    let cells: Vec<&str> = line
        .split("  ")
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .collect();
    assert_eq!(
        cells,
        [
            "dien-bien",
            "captured -> spooled",
            "100",
            "4 min",
            "7 min",
            "8 min",
            "8 min",
            "0"
        ]
    );
    assert!(!table.contains("left out"), "{table}");
}

#[tokio::test]
async fn a_clock_in_1970_or_2099_spoils_no_figure_and_an_offset_that_is_known_mends_it() {
    let pipeline = register().await;
    events(&pipeline, "dien-bien", [1, 1, 1, 1, 1]).await;
    let all = |pipeline: &Pipeline| latency(pipeline, &["--day", "2026-11-24"])["all"].clone();
    let before = all(&pipeline);
    pipeline
        .sql(
            "INSERT INTO intake_event (sequence, province, captured_at, spooled_at, clock_offset_ms, appended_at,
                                       logged_at, matched_at, loaded_at, kind, outcome)
             SELECT 100 + n, 'dien-bien', captured::timestamptz, spooled::timestamptz, clock_offset, at, at, at, at, 'application', 'loaded'
               FROM (SELECT timestamptz '2026-11-23 17:00:00Z' AS at) AS midnight,
                    (VALUES (1, '1970-01-01 00:00:10Z', '1970-01-01 00:00:11Z', NULL),
                            (2, '2099-01-01 00:00:10Z', '2099-01-01 00:00:11Z', NULL),
                            (3, '1970-01-01 00:00:10Z', '2026-11-23 16:59:59Z', NULL),
                            (4, '-infinity', 'infinity', NULL),
                            (5, '2026-11-23 16:59:58Z', '2026-11-23 16:59:59Z', 9223372036854775807),
                            (6, '2026-11-23 18:59:57Z', '2026-11-23 18:59:58Z', -7200000))
                 AS clock (n, captured, spooled, clock_offset)",
        )
        .await;
    let after = all(&pipeline);
    // Of the six, the spool's time is believable four times, 1 s each.
    let spool = figures(&after, "spool");
    assert_eq!((spool[0], spool[1], spool[5]), (104, 2, 100_000), "{after}");
    let publish = figures(&after, "publish");
    assert_eq!((publish[0], publish[1], publish[5]), (102, 4, 100_000), "{after}");
    assert_eq!(figures(&after, "whole")[0], 106);
    assert_eq!(figures(&before, "spool"), of_one_to_a_hundred(1));
    let table = pipeline.run(&["latency", "--day", "2026-11-24"]).stdout;
    assert!(
        table.contains("left out: 6 times by a node's clock that are negative or longer than 90 d 0 h"),
        "{table}"
    );
}

#[tokio::test]
async fn an_empty_register_has_no_latency_and_a_wrong_command_line_is_refused() {
    let pipeline = register().await;
    let told = latency(&pipeline, &[]);
    assert_eq!(
        (figures(&told["all"], "whole"), &told["provinces"]),
        (vec![0, 0], &json!([]))
    );
    events(&pipeline, "dien-bien", [1, 1, 1, 1, 1]).await;
    for (args, events) in [
        (&["--day", "2026-11-23"][..], 0),
        (&["--day", "2026-11-24"], 100),
        (
            &[
                "--from",
                "2026-11-24T00:00:00+07:00",
                "--to",
                "2026-11-24T00:00:01+07:00",
            ],
            100,
        ),
        (
            &[
                "--from",
                "2026-11-23T17:00:00.001Z",
                "--to",
                "2026-11-24T17:00:00Z",
            ],
            0,
        ),
        (&["--day", "2026-11-24", "--province", "son-la"], 0),
    ] {
        assert_eq!(latency(&pipeline, args)["all"]["events"], events, "{args:?}");
    }
    for (args, why) in [
        (
            &["--province", "nowhere"][..],
            "no province \"nowhere\" is configured: one of dien-bien, son-la",
        ),
        (&["--from", "2026-11-24T08:00:00"], "it has no zone: add one"),
        (&["--from", "yesterday"], "a moment is written with its zone"),
        (&["--day", "24.11.2026"], "a day is written YYYY-MM-DD"),
        (
            &["--day", "2026-11-24", "--from", "2026-11-24T08:00:00Z"],
            "cannot be used with",
        ),
        (&["--to", "2026-11-24T08:00:00Z"], "--from <MOMENT>"),
        (
            &[
                "--from",
                "2026-11-24T08:00:00Z",
                "--to",
                "2026-11-24T15:00:00+07:00",
            ],
            "is not before",
        ),
    ] {
        let answer = pipeline.run(&[&["latency"], args].concat());
        assert_eq!(answer.code, 2, "{args:?}: {}", answer.stdout);
        assert!(answer.stderr.contains(why), "{args:?}: {}", answer.stderr);
    }
}
