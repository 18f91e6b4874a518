//! What others may put into a province's topic.

use crate::DRAINED;
use crate::foreign::{Foreign, NODE, PROVINCE};
use schemas::{Header, topics};
use tests::{Ground, MissingRange, Numbers, Pipeline, Shape, Undecodable};

/// A header whose name isn't UTF-8, as a client written in C or Go may send it.
#[expect(
    unsafe_code,
    reason = "a text of Rust's is UTF-8, and only a text can be sent"
)]
fn nameless() -> Header {
    Header {
        // SAFETY: nothing looks at it as characters; it is copied byte by byte.
        name: unsafe { String::from_utf8_unchecked(vec![b'b', 0xFF]) },
        value: Some(b"Vi Thanh Tam".to_vec()),
    }
}

#[test]
fn whatever_lies_in_a_topic_ends_where_it_should_and_its_partition_goes_on() {
    let ground = Ground::new();
    ground
        .gate
        .borrow_mut()
        .forbid(&["Vi Thanh Tam".to_owned(), "05/09/1987".to_owned()].into());
    let mut pipeline = Pipeline::start(&ground, Shape::WORKERS);
    let foreign = Foreign::on(&ground);

    let first = foreign.event(1, b"", "Vi Thanh Tam");
    let misplaced = foreign.event(2, &first, "Vi Thanh Tam");
    let nul = foreign.event(3, &misplaced, "Vi\0Thanh Tam");
    let large = foreign.event(4, &nul, &"Vi Thanh Tam ".repeat(900 * 1024 / 13));
    let withheld = foreign.event(5, &large, "Vi Thanh Tam");
    let last = foreign.event(6, &withheld, "Vi Thanh Tam");
    let conflicting = foreign.event(1, b"", "Vi Thanh Tam");
    let out_of_range = foreign.event(i64::MAX, b"", "Vi Thanh Tam");
    let unknown_schema = [
        b"\xC3\x01\x01\x02\x03\x04\x05\x06\x07\x08".as_slice(),
        &first[10..],
    ]
    .concat();
    let malformed = [&first[..10], b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"].concat();
    let inflated = [&first[..10], &vec![b'V'; 6 << 20]].concat();
    let trailing = [first.as_slice(), b"\0"].concat();

    foreign.publish_with(NODE, &first, &[nameless()]);
    for no_event in [
        b"Vi Thanh Tam".as_slice(),
        b"",
        &unknown_schema,
        &malformed,
        &trailing,
        &out_of_range,
        &inflated,
    ] {
        foreign.publish(NODE, no_event);
    }
    foreign.publish("another-key", &misplaced);
    foreign.publish(NODE, &nul);
    foreign.publish(NODE, &large);
    foreign.publish(NODE, &conflicting);
    foreign.publish(NODE, &first);
    foreign.publish(NODE, &last);

    let books = pipeline.drain(5, DRAINED);
    let expected = Numbers {
        captured: 6,
        received: 5,
        missing: 1,
        loaded: 2,
        rejected: 3,
        ..Numbers::default()
    };
    assert_eq!(
        (books.totals, books.exit_code, books.balanced),
        (expected, Some(5), false),
        "{books:?}"
    );
    assert_eq!(
        (books.copies, books.conflicts, books.broken_links),
        (1, 1, 0),
        "{books:?}"
    );
    let missing: Vec<_> = books
        .provinces
        .iter()
        .flat_map(|province| &province.missing_ranges)
        .collect();
    assert_eq!(
        missing,
        [&MissingRange {
            node_id: NODE.to_owned(),
            epoch: foreign.epoch,
            first: 5,
            last: 5
        }]
    );
    let undecodable = |reason: &str, count| Undecodable {
        stage: "normalise".to_owned(),
        topic: topics::applications(PROVINCE),
        reason: reason.to_owned(),
        count,
    };
    let expected = [
        undecodable("envelope.malformed", 1),
        undecodable("envelope.not-single-object", 2),
        undecodable("envelope.sequence-out-of-range", 1),
        undecodable("envelope.too-large", 1),
        undecodable("envelope.trailing-bytes", 1),
        undecodable("envelope.unknown-schema", 1),
    ];
    assert_eq!(books.undecodable, expected);
    let reasons: Vec<(i64, String)> = ground.site.database.rows(
        "SELECT node_sequence, findings->0->>'code' FROM intake_event WHERE outcome = 'rejected' ORDER BY 1",
    );
    let expected = [
        (2, "envelope.key-is-not-the-node"),
        (3, "text.nul-character"),
        (4, "text.too-long"),
    ];
    assert_eq!(
        reasons,
        expected.map(|(sequence, code)| (sequence, code.to_owned()))
    );
    let kept: Vec<(String, i32)> = ground.site.database.rows(
        "SELECT reason, length(value) FROM dead_letter WHERE reason LIKE '%unknown-schema' OR stage = 'match' ORDER BY 1",
    );
    let kept: Vec<i32> = kept.into_iter().map(|(_, length)| length).collect();
    assert!(
        kept.contains(&(unknown_schema.len() as i32)),
        "bytes and all: {kept:?}"
    );

    // What was missing comes after all: nothing is missing any more, and the chain is whole.
    foreign.publish(NODE, &withheld);
    let books = pipeline.drain(6, DRAINED);
    let expected = Numbers {
        captured: 6,
        received: 6,
        loaded: 3,
        rejected: 3,
        ..Numbers::default()
    };
    assert_eq!(
        (books.totals, books.broken_links, books.exit_code),
        (expected, 0, Some(5)),
        "{books:?}"
    );
    ground.rebuild().assert_equal();
    pipeline.stop();
}
