//! A mistyped number is looked at by a person: decided, taken back and split by `intakectl review`, while the matcher
//! is killed in between; the books balance, and a quiet rebuild says the same.

use crate::DRAINED;
use crate::foreign::{Foreign, NODE, application};
use runtime::clock;
use schemas::codec::Event;
use schemas::outcome::OutcomeNotice;
use schemas::{Field, topics};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Output;
use std::time::Duration;
use tests::{Ground, Numbers, Pipeline, Shape, Worker};
use uuid::Uuid;

const NAME: &str = "Lò Văn Pâng";
const NUMBER: &str = "011087001234";
const MISTYPED: &str = "011087001284";
const PATIENCE: Duration = Duration::from_secs(30);

struct Story<'a> {
    ground: &'a Ground,
    pipeline: Pipeline<'a>,
    foreign: Foreign,
    series: Vec<Vec<u8>>,
}

impl Story<'_> {
    /// A form of the person, with this number.
    fn comes(&mut self, id: Uuid, number: &str) {
        let fields = [
            (Field::FullName, NAME),
            (Field::DateOfBirth, "05/09/1987"),
            (Field::Sex, "Nam"),
            (Field::PersonalNumber, number),
            (Field::FatherName, "Lò Văn Ín"),
            (Field::MotherName, "Quàng Thị Hặc"),
            (Field::Phone, "0912345678"),
        ];
        let before = self.series.last().cloned().unwrap_or_default();
        let place = self.series.len() as i64 + 1;
        let event = self.foreign.event_of(place, &before, application(id, 1, &fields));
        self.foreign.publish(NODE, &event);
        self.series.push(event);
    }

    fn kill_and_start_match(&mut self) {
        self.pipeline.worker(Worker::Match, 0).kill();
        self.pipeline.worker(Worker::Match, 0).start();
    }

    /// Waits until the register shows all applications in so many residents; their residents then.
    #[track_caller]
    fn until_residents(&mut self, count: usize) -> BTreeMap<Uuid, Uuid> {
        let (ground, applications) = (self.ground, self.series.len());
        self.pipeline
            .until("residents merge or come apart", PATIENCE, |_| {
                let found = residents(ground);
                let different: BTreeSet<&Uuid> = found.values().collect();
                (found.len() == applications && different.len() == count).then_some(found)
            })
    }
}

/// The resident in force of each application.
fn residents(ground: &Ground) -> BTreeMap<Uuid, Uuid> {
    let rows: Vec<(Uuid, Uuid)> = ground.site.database.rows(
        "SELECT member, resident_id FROM resident CROSS JOIN unnest(members) AS member WHERE redirect_to IS NULL",
    );
    rows.into_iter().collect()
}

/// What nodes were told of applications that a step about others did something to.
fn later_notices(ground: &Ground) -> Vec<(Uuid, &'static str, Uuid)> {
    const CODES: [&str; 2] = ["resident.confirmed", "resident.moved"];
    let records = ground.site.records(&topics::outcomes("dien-bien"));
    let notices = records
        .iter()
        .map(|record| OutcomeNotice::decode(&record.value).expect("a notice"));
    notices
        .filter_map(|notice| {
            let last = notice.findings.last()?;
            let code = CODES.into_iter().find(|code| *code == last.code)?;
            Some((notice.application_id?, code, notice.resident_id?))
        })
        .collect()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|fault| panic!("{fault}: {output:?}"))
}

#[test]
fn a_mistyped_number_is_decided_by_a_person_and_the_decision_taken_back() {
    let ground = Ground::new();
    let personal = [NAME, NUMBER, MISTYPED, "Quàng Thị Hặc"].map(str::to_owned);
    ground.gate.borrow_mut().forbid(&personal.into());
    let pipeline = Pipeline::start(&ground, Shape::WORKERS);
    let mut story = Story {
        foreign: Foreign::on(&ground),
        ground: &ground,
        pipeline,
        series: Vec::new(),
    };
    let [first, second, third] = [(); 3].map(|()| clock::new_event_id());
    let ids = [first, second, third].map(|id| id.to_string());
    let [one, two, three] = [&ids[0], &ids[1], &ids[2]].map(String::as_str);
    story.comes(first, NUMBER);
    story.comes(second, MISTYPED);
    story.pipeline.drain(2, DRAINED).assert_balanced(2);
    let apart = story.until_residents(2);

    // Two provisional residents, and a pair that waits for a person.
    let listed = json(&ground.intakectl(&["review", "list", "-o", "json"]));
    assert_eq!(listed["open"], 1, "{listed}");
    let shown = json(&ground.intakectl(&["review", "show", one, two, "-o", "json"]));
    assert_eq!(
        (&shown["review"]["review_status"], &shown["verdict"]["what"]),
        (&"open".into(), &"apart".into())
    );
    assert_eq!(shown["left"]["resident"]["status"], "provisional");
    let (recorded, now) = (shown["recorded_weight"].as_f64(), shown["log_odds"].as_f64());
    let difference = recorded.zip(now).map(|(recorded, now)| (recorded - now).abs());
    assert!(
        difference.is_some_and(|bits| bits < 1.0),
        "what explains is what decided: {recorded:?} {now:?}"
    );
    let seen: Vec<String> = ["left", "right"]
        .map(|side| {
            let resident = &shown[side]["resident"];
            format!(
                "{}@{}",
                resident["resident_id"].as_str().unwrap_or_default(),
                resident["sequence"]
            )
        })
        .into();

    story.kill_and_start_match();
    let decide = ["review", "decide", one, two, "same", "--reason", "paper seen"];
    let pinned = ["--based-on", &seen[0], "--based-on", &seen[1]];
    let dry = ground.intakectl(&decide);
    assert!(dry.status.success() && residents(&ground) == apart, "{dry:?}");
    let done = ground.intakectl(&[&decide[..], &pinned, &["--execute"]].concat());
    assert!(done.status.success(), "{done:?}");
    let together = story.until_residents(1);
    assert_eq!(together[&first], apart[&first], "the older resident stays");
    let redirect: Uuid = ground.site.database.value(&format!(
        "SELECT redirect_to FROM resident WHERE resident_id = '{}'",
        apart[&second]
    ));
    assert_eq!(redirect, apart[&first]);
    // Restored, match knows which province's node to tell.
    let told = [
        (first, "resident.confirmed", together[&first]),
        (second, "resident.moved", together[&second]),
    ];
    assert_eq!(later_notices(&ground), told);
    let old = ground.intakectl(
        &[
            &[
                "review",
                "decide",
                one,
                two,
                "different",
                "--reason",
                "late",
                "--execute",
            ],
            &pinned[..],
        ]
        .concat(),
    );
    assert_eq!(
        old.status.code(),
        Some(4),
        "it is based on what is no more: {old:?}"
    );

    // The number was looked at: who has it comes to the same resident.
    story.kill_and_start_match();
    story.comes(third, MISTYPED);
    story.pipeline.drain(3, DRAINED).assert_balanced(3);
    story.until_residents(1);
    let told = json(&ground.intakectl(&["match", "explain", one, three, "-o", "json"]));
    assert_eq!(
        (&told["together"], &told["verdict"]["what"]),
        (&true.into(), &"together".into())
    );

    let different = [
        "review",
        "decide",
        one,
        two,
        "different",
        "--reason",
        "brothers",
        "--execute",
    ];
    let split = ground.intakectl(&different);
    assert!(split.status.success(), "{split:?}");
    let parted = story.until_residents(2);
    assert_eq!(
        (parted[&first], parted[&second], parted[&third]),
        (apart[&first], apart[&second], apart[&second]),
        "each gets its old id back, and the third goes with its number"
    );
    let told = json(&ground.intakectl(&["match", "explain", one, two, "-o", "json"]));
    assert_eq!(
        (&told["decision"], &told["reason"]),
        (&"different".into(), &"brothers".into())
    );

    // Who has never been a resident of its own becomes one.
    story.kill_and_start_match();
    let off = ground.intakectl(&["review", "split", three, "--reason", "another one", "--execute"]);
    assert!(off.status.success(), "{off:?}");
    story.until_residents(3);
    story.kill_and_start_match();

    let books = story.pipeline.drain(3, DRAINED);
    let expected = Numbers {
        captured: 3,
        received: 3,
        loaded: 3,
        ..Numbers::default()
    };
    assert_eq!((books.totals, books.exit_code), (expected, Some(0)), "{books:?}");
    let check = ground.intakectl(&["register", "check"]);
    assert!(check.status.success(), "{check:?}");
    let rebuild = ground.rebuild();
    rebuild.assert_equal();
    drop(rebuild);

    // Whoever is erased is gone from every resident that others' events and decisions had brought them to.
    let third_resident = residents(&ground)[&third].to_string();
    let erase = [
        "register",
        "erase",
        &third_resident,
        "--reason",
        "on request",
        "--execute",
    ];
    let erased = ground.intakectl(&erase);
    assert!(erased.status.success(), "{erased:?}");
    let left: i64 = ground.site.database.value(&format!(
        "SELECT count(*) FROM resident_history WHERE '{third}' = ANY (members) AND golden::text <> '{{}}'"
    ));
    assert_eq!(left, 0);
    let books = story.pipeline.drain(3, DRAINED);
    assert_eq!((books.totals, books.exit_code), (expected, Some(0)), "{books:?}");
    story.pipeline.stop();
}
