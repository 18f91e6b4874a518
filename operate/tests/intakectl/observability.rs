//! What stands in `deploy/observability` and `deploy/runbooks` is held against the sources, the commands, and
//! itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .expect("the project's folder")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The page's metrics by name, and whether they are the exporter's.
fn documented() -> BTreeMap<String, bool> {
    let mut exported = false;
    let mut metrics = BTreeMap::new();
    for line in read("deploy/observability/metrics.md").lines() {
        if line.starts_with("## ") {
            exported = line.contains("export");
        }
        let name = line.strip_prefix("| `").and_then(|rest| rest.split_once('`'));
        if let Some((name, _)) = name {
            let before = metrics.insert(name.to_owned(), exported);
            assert!(before.is_none(), "{name} stands there twice");
        }
    }
    metrics
}

/// The names in calls of `counter!`, `gauge!` and `histogram!`, and the labels beside them.
fn in_sources() -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for folder in ["runtime", "ingest", "enrich", "sink", "operate"] {
        visit(&root().join(folder), &mut |path| {
            let text = fs::read_to_string(path).expect("a source");
            for call in ["counter!(", "gauge!(", "histogram!("] {
                for (at, _) in text.match_indices(call) {
                    let rest = text[at + call.len()..].trim_start();
                    let Some(rest) = rest.strip_prefix('"') else {
                        continue;
                    };
                    let (name, rest) = rest.split_once('"').expect("a name ends");
                    let ends = [".increment(", ".set(", ".record("]
                        .iter()
                        .filter_map(|end| rest.find(end));
                    let call = &rest[..ends.min().unwrap_or(rest.len())];
                    let labels = call.split("=>").map(str::trim_end).filter_map(|before| {
                        let label = before.strip_suffix('"')?.rsplit('"').next()?;
                        Some(label.to_owned())
                    });
                    found.entry(name.to_owned()).or_default().extend(labels);
                }
            }
        });
    }
    found
}

fn visit(folder: &Path, each: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && name != "tests" && name != "target" && name != "fuzz" {
            visit(&path, each);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            each(&path);
        }
    }
}

#[test]
fn every_metric_stands_in_the_page_and_every_metric_of_the_page_is_counted_somewhere() {
    let (page, sources) = (documented(), in_sources());
    let text = read("deploy/observability/metrics.md");
    for (name, labels) in &sources {
        let line = text.lines().find(|line| line.contains(&format!("`{name}`")));
        let line = line.unwrap_or_else(|| panic!("{name} is missing in metrics.md"));
        for label in labels {
            assert!(
                line.contains(&format!("`{label}`")),
                "{name} has a label {label}: {line}"
            );
        }
    }
    for (name, exported) in &page {
        assert!(
            *exported || sources.contains_key(name),
            "{name} of metrics.md is counted nowhere"
        );
        let shaped = name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        assert!(
            shaped && (name.starts_with("intake_") || name.starts_with("kafka_")),
            "{name}"
        );
    }
}

/// The names in an expression that look like a metric of ours, or like a rule's.
fn named(expression: &str) -> BTreeSet<String> {
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
    expression
        .split(|c: char| !word(c))
        .filter(|name| {
            name.starts_with("intake_") || name.starts_with("intake:") || name.starts_with("kafka_")
        })
        .map(str::to_owned)
        .collect()
}

fn is_known(name: &str, recorded: &BTreeSet<String>, page: &BTreeMap<String, bool>) -> bool {
    let base = ["_bucket", "_sum", "_count"]
        .iter()
        .find_map(|end| name.strip_suffix(end));
    recorded.contains(name) || page.contains_key(name) || base.is_some_and(|base| page.contains_key(base))
}

fn recorded() -> BTreeSet<String> {
    let text = read("deploy/observability/rules/recording.yaml");
    let names = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- record: "));
    names.map(str::to_owned).collect()
}

#[test]
fn rules_and_dashboards_name_metrics_that_there_are() {
    let (page, recorded) = (documented(), recorded());
    let mut files = vec![
        "deploy/observability/rules/recording.yaml".to_owned(),
        "deploy/observability/rules/alerts.yaml".to_owned(),
    ];
    let dashboards = fs::read_dir(root().join("deploy/observability/dashboards")).expect("dashboards");
    for dashboard in dashboards.flatten() {
        let name = dashboard.file_name().to_string_lossy().into_owned();
        let text = fs::read_to_string(dashboard.path()).expect("a dashboard");
        let json: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(
            json["uid"].as_str().map(|uid| format!("{uid}.json")),
            Some(name.clone())
        );
        files.push(format!("deploy/observability/dashboards/{name}"));
    }
    assert_eq!(files.len(), 6, "two files of rules and four dashboards");
    for file in files {
        for name in named(&read(&file)) {
            assert!(
                is_known(&name, &recorded, &page),
                "{file} names {name}, which nothing tells"
            );
        }
    }
}

#[test]
fn every_alert_has_its_runbook_and_every_command_in_one_exists() {
    let alerts = read("deploy/observability/rules/alerts.yaml");
    let after = |start: &str| -> Vec<String> {
        let lines = alerts.lines().filter_map(|line| line.trim().strip_prefix(start));
        lines.map(str::to_owned).collect()
    };
    let (names, runbooks) = (after("- alert: "), after("runbook: "));
    let expected: Vec<String> = names
        .iter()
        .map(|name| format!("deploy/runbooks/{name}.md"))
        .collect();
    assert_eq!(runbooks, expected, "each alert names its own page");
    let mut commands = BTreeSet::new();
    for (name, path) in names.iter().zip(&runbooks) {
        let page = read(path);
        for part in [
            format!("# {name}"),
            "## How to look".to_owned(),
            "## What to do".to_owned(),
        ] {
            assert!(page.contains(&part), "{path} lacks {part:?}");
        }
        commands.extend(commands_in(&page));
    }
    let pages = fs::read_dir(root().join("deploy/runbooks"))
        .expect("runbooks")
        .count();
    assert_eq!(
        pages,
        names.len() + 1,
        "a page for each alert, and the list of them"
    );
    assert!(commands.len() > 8, "{commands:?}");
    for command in commands {
        let help = Command::new(env!("CARGO_BIN_EXE_intakectl"))
            .args(&command)
            .arg("--help")
            .output()
            .expect("intakectl runs");
        assert!(
            help.status.success(),
            "there is no `intakectl {}`",
            command.join(" ")
        );
    }
}

/// A file of tests that promtool runs has a case in which each alert is told.
#[test]
fn every_alert_is_told_in_a_test_of_the_rules() {
    let (alerts, tests) = (
        read("deploy/observability/rules/alerts.yaml"),
        read("deploy/observability/tests/alerts.yaml"),
    );
    let names = alerts
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "));
    for name in names {
        let runbook = format!("runbook: deploy/runbooks/{name}.md");
        assert!(tests.contains(&runbook), "no test of the rules expects {name}");
    }
}

/// The subcommands that a page calls, each with the flags it gives.
fn commands_in(page: &str) -> BTreeSet<Vec<String>> {
    let calls = page
        .match_indices("intakectl ")
        .map(|(at, start)| &page[at + start.len()..]);
    calls
        .map(|call| {
            let line = call.split(['`', '\n', ':', ',', ';']).next().unwrap_or(call);
            line.split_whitespace()
                .take_while(|word| {
                    word.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !word.starts_with('-')
                })
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .filter(|words| !words.is_empty())
        .collect()
}

/// Where promtool is installed, Prometheus itself reads the rules and runs their tests.
#[test]
fn prometheus_takes_the_rules_and_their_tests_pass() {
    let promtool = std::env::var("PROMTOOL").unwrap_or_else(|_| "promtool".to_owned());
    let folder = root().join("deploy/observability");
    for arguments in [
        &["check", "config", "--syntax-only", "prometheus.yaml"][..],
        &["check", "rules", "rules/recording.yaml", "rules/alerts.yaml"],
        &["test", "rules", "tests/alerts.yaml"],
    ] {
        match Command::new(&promtool)
            .args(arguments)
            .current_dir(&folder)
            .output()
        {
            Ok(output) => assert!(output.status.success(), "{arguments:?}: {output:?}"),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                eprintln!(
                    "promtool is not installed: only our own checks ran (Debian has it in `prometheus`)"
                );
                return;
            }
            Err(e) => panic!("{promtool}: {e}"),
        }
    }
}
