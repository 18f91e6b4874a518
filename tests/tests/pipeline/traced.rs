//! One trace from a node's acceptance of an event to its row and back; and what each process says in metrics.

use crate::{DRAINED, HEARD};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Duration;
use tests::{Collector, Ground, Load, Pipeline, Shape, Span};

const PROVINCE: &str = "home = 'dien-bien'
[[province]]
code = '11'
slug = 'dien-bien'
name = 'Điện Biên'
";
/// Longer than librdkafka's figures take to come.
const TOLD: Duration = Duration::from_secs(40);

#[test]
fn an_event_is_one_trace_from_its_node_to_its_row_and_neither_spans_nor_metrics_tell_of_a_person() {
    let collector = Collector::start();
    let ground = Ground::of(PROVINCE);
    let mut pipeline = Pipeline::start_with(&ground, Shape::ONE, |_, process| {
        process
            .env("INTAKE_TRACE__ENDPOINT", &collector.endpoint)
            .env("INTAKE_TRACE__SAMPLE_RATIO", "1")
    });
    pipeline.register_nodes();
    let sent = pipeline.send(&Load::generate(&ground, 81, 120));
    pipeline
        .drain(sent.events.len(), DRAINED)
        .assert_balanced(sent.events.len());
    pipeline.outcomes(HEARD);
    metrics_are_those_of_the_page(&ground, &mut pipeline);
    pipeline.stop();

    // Ended programs have sent all they had.
    let spans = collector.spans();
    let said: String = spans
        .iter()
        .map(|span| format!("{} {}\n", span.name, span.said))
        .collect();
    fs::write(ground.folder.join("logs/spans.log"), said).expect("spans pass the gate of the logs");
    let mut traces: BTreeMap<&str, Vec<&Span>> = BTreeMap::new();
    for span in &spans {
        traces.entry(&span.trace).or_default().push(span);
    }
    for event in &sent.events {
        let trace = event.simple().to_string();
        let spans = traces.remove(trace.as_str()).unwrap_or_default();
        is_connected(&trace, &spans);
    }
    assert!(traces.is_empty(), "traces of no event: {:?}", traces.keys());

    let places = |topic: &str| -> BTreeSet<String> {
        let records = ground.site.records(topic);
        records
            .iter()
            .filter_map(|record| record.trace)
            .map(|place| place.to_string())
            .collect()
    };
    let (log, changes) = (places("enrich.normalised"), places("register.changes"));
    assert!(
        !changes.is_empty() && changes.is_subset(&log),
        "what match writes is the log's own"
    );
}

#[track_caller]
fn is_connected(trace: &str, spans: &[&Span]) {
    let ids: BTreeSet<&str> = spans.iter().map(|span| span.id.as_str()).collect();
    let stages: BTreeSet<(&str, &str)> = spans
        .iter()
        .map(|span| (span.service.as_str(), span.name.as_str()))
        .collect();
    let expected = [
        ("intake-match", "match"),
        ("intake-node", "accept"),
        ("intake-node", "outcome"),
        ("intake-node", "publish"),
        ("intake-normalise", "normalise"),
        ("intake-sink", "load"),
    ];
    assert_eq!(stages, expected.into(), "{trace}");
    let first: Vec<&str> = spans
        .iter()
        .filter(|span| span.parent.is_empty())
        .map(|span| span.name.as_str())
        .collect();
    assert_eq!(first, ["accept"], "{trace} begins once");
    for span in spans.iter().filter(|span| !span.parent.is_empty()) {
        assert!(
            ids.contains(span.parent.as_str()),
            "{trace}: {span:?} hangs in the air"
        );
    }
}

/// Every metric of every process stands in the page, with its type.
fn metrics_are_those_of_the_page(ground: &Ground, pipeline: &mut Pipeline<'_>) {
    let page =
        fs::read_to_string(tests::java::root().join("deploy/observability/metrics.md")).expect("the page");
    let documented: BTreeMap<String, String> = page
        .lines()
        .filter_map(|line| {
            let mut cells = line.split('|').skip(1).map(str::trim);
            let name = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
            Some((name.to_owned(), cells.next()?.to_owned()))
        })
        .collect();
    let addresses: Vec<_> = pipeline
        .processes()
        .map(|process| (process.name.clone(), process.address))
        .collect();
    for (name, address) in addresses {
        let text = tests::until(&format!("{name} tells librdkafka's figures"), TOLD, || {
            let text = tests::scrape(address)?;
            text.contains("intake_kafka_round_trip_seconds").then_some(text)
        });
        assert!(text.contains("intake_ready 1"), "{name} is ready:\n{text}");
        for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
            let (metric, kind) = line.split_once(' ').expect("a name and a type");
            assert_eq!(
                documented.get(metric).map(String::as_str),
                Some(kind),
                "{name}: {metric}"
            );
        }
        fs::write(ground.folder.join(format!("logs/metrics-{name}.log")), text)
            .expect("metrics pass the gate");
    }
}
