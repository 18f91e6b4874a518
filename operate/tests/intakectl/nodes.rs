use crate::fixture::Pipeline;
use schemas::match_log::LogBody;

/// The public key of RFC 8032, test 1.
const KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

#[tokio::test]
async fn a_node_is_registered_in_the_log_and_only_with_execute() {
    let pipeline = Pipeline::ready().await;
    let add = [
        "node",
        "add",
        "dien-bien-01",
        "--province",
        "dien-bien",
        "--public-key",
        KEY,
        "--wait",
        "0",
    ];
    let dry = pipeline.run(&add);
    assert_eq!((dry.code, pipeline.match_log().len()), (0, 0), "{}", dry.stderr);
    assert!(dry.stdout.contains("dry run"), "{}", dry.stdout);

    let done = pipeline.run(&[&add[..], &["--execute", "-o", "json"]].concat());
    assert_eq!(done.code, 0, "{}", done.stderr);
    let report = done.json();
    assert_eq!(
        (&report["executed"], &report["logged_at_offset"]),
        (&true.into(), &0.into())
    );
    let [LogBody::NodeAdded(added)] = &pipeline.match_log()[..] else {
        panic!("one NodeAdded is in the log")
    };
    assert_eq!(
        (added.node_id.as_str(), added.province.as_str()),
        ("dien-bien-01", "dien-bien")
    );
    assert_eq!(report["by"], added.by.as_str());
    assert_eq!(added.public_key.as_ref().map(Vec::len), Some(32));

    for (args, code) in [
        (&["node", "add", "dien-bien-01", "--province", "nowhere"][..], 1),
        (&["node", "add", "Điện Biên", "--province", "dien-bien"], 2),
        (
            &[
                "node",
                "add",
                "dien-bien-01",
                "--province",
                "dien-bien",
                "--public-key",
                "abc",
            ],
            2,
        ),
        (&["node", "retire", "dien-bien-01"], 2),
        (
            &["node", "retire", "dien-bien-01", "--reason", "lost", "--execute"],
            4,
        ),
    ] {
        assert_eq!(pipeline.run(args).code, code, "{args:?}");
    }
    assert_eq!(
        pipeline.match_log().len(),
        1,
        "what was refused left nothing in the log"
    );
}

#[tokio::test]
async fn a_registered_node_is_replaced_only_when_told_and_retired_once() {
    let pipeline = Pipeline::ready().await;
    pipeline
        .sql("INSERT INTO node VALUES ('dien-bien-01', 4, 'dien-bien', NULL, false, 'a.admin', NULL)")
        .await;
    let add = [
        "node",
        "add",
        "dien-bien-01",
        "--province",
        "dien-bien",
        "--execute",
        "--wait",
        "0",
    ];
    let same = pipeline.run(&add);
    assert_eq!(
        (same.code, same.stdout.contains("has it like that already")),
        (0, true),
        "{}",
        same.stdout
    );
    let other = [&add[..], &["--public-key", KEY]].concat();
    assert_eq!(pipeline.run(&other).code, 4);
    assert_eq!(pipeline.run(&[&other[..], &["--replace"]].concat()).code, 0);
    let retire = [
        "node",
        "retire",
        "dien-bien-01",
        "--reason",
        "fell into the river",
        "--execute",
    ];
    assert_eq!(pipeline.run(&[&retire[..], &["--wait", "0"]].concat()).code, 0);
    let late = pipeline.run(&[&retire[..], &["--wait", "1"]].concat());
    assert_eq!(
        late.code, 1,
        "nobody runs match here, so the register can't show it"
    );
    assert!(
        late.stderr.contains("entry 2 of the match log"),
        "{}",
        late.stderr
    );
    assert!(matches!(
        pipeline.match_log()[..],
        [
            LogBody::NodeAdded(_),
            LogBody::NodeRetired(_),
            LogBody::NodeRetired(_)
        ]
    ));

    pipeline.sql("UPDATE node SET retired = true").await;
    let again = pipeline.run(&[&retire[..], &["-o", "json"]].concat()).json();
    assert_eq!(
        (&again["executed"], &again["in_register"]),
        (&false.into(), &true.into())
    );
    let nodes = pipeline.run(&["node", "list", "-o", "json"]).json();
    assert_eq!(
        [&nodes[0]["node_id"], &nodes[0]["state"]],
        ["dien-bien-01", "retired"]
    );
}
