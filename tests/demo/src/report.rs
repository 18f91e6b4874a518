//! What a run came to: tables, and what is wrong.

use crate::OFFLINE;
use crate::books::{Books, Numbers};
use crate::watch::Outcome;
use operate::latency::{Passage, Stage};
use operate::table::{Cell, Table, Tone, grouped};

/// Prints the tables.
pub fn print(books: &Books, outcome: &Outcome) {
    println!("\n{}", provinces(books, outcome));
    println!("{}", stages(outcome));
    let sent = &outcome.sent.totals;
    println!(
        "submitted: {} lines accepted, {} were accepted before, {} refused by the nodes",
        grouped(sent.accepted),
        grouped(sent.already_accepted),
        grouped(sent.refused)
    );
    if sent.accepted == 0 {
        println!(
            "nothing new: this seed was submitted before, and sending again adds nothing. DEMO_SEED=2 sends others"
        );
    }
    let events: i64 = outcome.accepted.values().sum();
    println!(
        "whole: {} events from the first line to the last row in {:.1} s, {}/s",
        grouped(events),
        outcome.seconds,
        per_second(events, Some(outcome.seconds))
    );
    println!(
        "{}",
        if books.balanced {
            "the books balance"
        } else {
            "the books DO NOT balance"
        }
    );
}

/// What is wrong, in words; empty when every accepted line is captured and the books balance.
pub fn problems(books: &Books, outcome: &Outcome) -> Vec<String> {
    let mut problems = books.problems.clone();
    if !books.balanced {
        problems.push("the books don't balance: `intakectl reconcile` names why".to_owned());
    }
    let sent = &outcome.sent.totals;
    if sent.undelivered + sent.unknown > 0 {
        let (undelivered, unknown) = (sent.undelivered, sent.unknown);
        problems.push(format!(
            "{undelivered} lines were not delivered and {unknown} answered in an unknown way: see .local/log/loadgen.log"
        ));
    }
    for (slug, counts) in &outcome.sent.provinces {
        let accepted = outcome.accepted.get(slug).copied().unwrap_or(0);
        // A line whose answer was lost was sent again, and was there already.
        let most = counts.accepted + counts.already_accepted;
        if !(counts.accepted..=most).contains(&accepted) {
            problems.push(format!(
                "{slug}: {} lines were accepted, but its node has {accepted} more events",
                counts.accepted
            ));
        }
    }
    for province in &books.provinces {
        let accepted = outcome
            .accepted_ever
            .get(&province.province)
            .copied()
            .unwrap_or(0);
        if province.numbers.captured < accepted {
            problems.push(format!(
                "{}: its node accepted {accepted} events, and the centre knows of {}",
                province.province, province.numbers.captured
            ));
        }
    }
    if outcome.waiting > 0 {
        problems.push(format!("the nodes still wait for {} outcomes", outcome.waiting));
    }
    problems
}

fn provinces(books: &Books, outcome: &Outcome) -> String {
    let heading = [
        "PROVINCE",
        "CAPTURED",
        "RECEIVED",
        "LOADED",
        "REJECTED",
        "HELD",
        "MISSING",
        "NEW",
        "P50 TO ROW",
    ];
    let mut table = Table::new(&heading);
    let passage = |slug: Option<&str>| {
        outcome
            .passages
            .iter()
            .find(|passage| passage.province.as_deref() == slug)
    };
    for province in &books.provinces {
        let slug = province.province.as_str();
        let new = outcome.accepted.get(slug).copied().unwrap_or(0);
        let offline = if OFFLINE.contains(&slug) {
            "  (came back)"
        } else {
            ""
        };
        table.row(row(
            format!("{slug}{offline}"),
            &province.numbers,
            new,
            passage(Some(slug)),
        ));
    }
    let new = outcome.accepted.values().sum();
    table.row(row("total".to_owned(), &books.totals, new, passage(None)));
    table.render()
}

fn row(name: String, numbers: &Numbers, new: i64, passage: Option<&Passage>) -> [Cell; 9] {
    let Numbers {
        captured,
        received,
        loaded,
        rejected,
        held,
        missing,
    } = *numbers;
    let typical = passage
        .and_then(|passage| passage.whole.seconds)
        .map(|seconds| seconds.p50);
    [
        Cell::text(name),
        Cell::number(captured),
        Cell::number(received).toned(if received == captured {
            Tone::Plain
        } else {
            Tone::Bad
        }),
        Cell::number(loaded),
        Cell::number(rejected),
        Cell::number(held),
        Cell::bad_number(missing),
        Cell::number(new),
        Cell::text(typical.map_or_else(|| "-".to_owned(), duration)),
    ]
}

fn stages(outcome: &Outcome) -> String {
    let mut table = Table::new(&["STAGE", "FROM", "TO", "EVENTS/S", "P50", "P95", "P99"]);
    let sent = &outcome.sent;
    let submit = [
        Cell::text("submit"),
        Cell::text("generator"),
        Cell::text("node's disk"),
    ];
    let lines = Cell::text(format!("{:.0} lines", sent.lines_per_second));
    table.row(submit.into_iter().chain([lines]));
    let Some(all) = outcome.passages.first().filter(|all| all.events > 0) else {
        return table.render();
    };
    let named: [(&str, &str, &str, &Stage); 5] = [
        ("publish", "node's disk", "province's topic", &all.publish),
        ("normalise", "province's topic", "match log", &all.normalise),
        ("match", "match log", "changes", &all.matching),
        ("load", "changes", "register", &all.load),
        ("all at the centre", "province's topic", "register", &all.whole),
    ];
    for (name, from, to, stage) in named {
        let mut cells = vec![Cell::text(name), Cell::text(from), Cell::text(to)];
        cells.push(Cell::text(per_second(all.events, stage.busy_seconds)));
        match stage.seconds {
            Some(seconds) => {
                cells.extend([seconds.p50, seconds.p95, seconds.p99].map(|s| Cell::text(duration(s))))
            }
            None => cells.extend(["-"; 3].map(Cell::text)),
        }
        table.row(cells);
    }
    table.render()
}

fn per_second(events: i64, seconds: Option<f64>) -> String {
    match seconds {
        Some(seconds) if seconds > 0.0 && events > 0 => grouped((events as f64 / seconds).round() as i64),
        _ => "-".to_owned(),
    }
}

fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 1.0 => format!("{:.0} ms", s * 1000.0),
        s if s < 120.0 => format!("{s:.1} s"),
        s => format!("{:.0} min", s / 60.0),
    }
}
