//! Drawing. Colours only underline what the words say.

use super::columns::{figure, table, words};
use super::state::{Page, State};
use crate::lag::{age, tone};
use crate::table::wrapped;
use crate::table::{Tone, grouped};
use lag::{SHARED, Stage, Verdict};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Cell, Clear, Paragraph, Row, Table, Wrap};

const KEYS: &str = "q quit  Tab page  s sort  Enter into  Esc out  r look now  ? help";
const HELP: &str = "\
1-5, Tab, arrows   pages: provinces, stages, nodes, workers, causes
up, down, PgUp/Dn  move; the table scrolls
Enter              into a province: its stages, behind Tab its nodes
Esc                all provinces again
s                  another order: worst, most waiting, oldest, name
r                  look at once
q                  leave

WAITING   records that wait, over all stages; ~ where a part was read
PEOPLE    applications that wait, each counted once
OLDEST    since the oldest of them reached its province's topic
DONE IN   only while every stage in which something waits shrinks
What to do is on page 5, with what it is concluded from.";

/// Draws everything.
pub(super) fn draw(frame: &mut Frame<'_>, state: &mut State) {
    let [top, table, causes, keys] = Layout::vertical([
        Constraint::Length(2),
        Constraint::Min(3),
        Constraint::Length(if state.page == Page::Causes { 0 } else { 3 }),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    frame.render_widget(Paragraph::new(heading(state)), top);
    let drawn = match state.page {
        Page::Provinces => provinces(state, table.width),
        Page::Stages => stages(state, table.width),
        Page::Nodes => nodes(state, table.width),
        Page::Workers => workers(state, table.width),
        Page::Causes => whys(state, table.width),
    };
    frame.render_stateful_widget(drawn, table, &mut state.cursor);
    frame.render_widget(
        Paragraph::new(first_cause(state)).wrap(Wrap { trim: true }),
        causes,
    );
    frame.render_widget(Paragraph::new(KEYS).style(dim()), keys);
    if state.help {
        let area = middle(frame.area(), 72, 16);
        frame.render_widget(Clear, area);
        frame.render_widget(
            Paragraph::new(HELP).block(ratatui::widgets::Block::bordered().title("help")),
            area,
        );
    }
}

fn heading(state: &State) -> Vec<Line<'static>> {
    let mut pages = vec![Span::raw("intake  ")];
    for page in Page::ALL {
        let style = if page == state.page {
            Style::new().add_modifier(Modifier::REVERSED)
        } else {
            dim()
        };
        pages.push(Span::styled(format!(" {} ", page.title()), style));
    }
    let at = state
        .picture
        .at
        .map_or_else(|| "looking for the first time".to_owned(), |at| at.to_string());
    let whose = state
        .province
        .as_deref()
        .map_or_else(String::new, |slug| format!("  only {slug}"));
    let mut second = vec![Span::raw(format!("{at}  {}{whose}", state.order.name()))];
    if let Some(trouble) = &state.picture.trouble {
        second.push(Span::styled(format!("  not seen since: {trouble}"), bad()));
    }
    vec![Line::from(pages), Line::from(second)]
}

fn first_cause(state: &State) -> Vec<Line<'static>> {
    let more = state.picture.causes.len().saturating_sub(1);
    match state.picture.causes.first() {
        Some(cause) => vec![
            Line::styled(
                format!(
                    "{} ({}){}",
                    cause.kind.name(),
                    cause.about,
                    if more > 0 {
                        format!(", and {more} more on page 5")
                    } else {
                        String::new()
                    }
                ),
                bad(),
            ),
            Line::raw(cause.evidence.clone()),
            Line::raw(format!("next: {}", cause.next)),
        ],
        None => Vec::new(),
    }
}

fn provinces(state: &State, room: u16) -> Table<'static> {
    let stage = |stage: Option<Stage>| {
        stage.map_or_else(|| "-".to_owned(), |stage| guessed(stage.waiting, stage.exact))
    };
    let rows = state.picture.provinces(state.order).into_iter().map(|row| {
        vec![
            Cell::from(row.province.clone().unwrap_or_else(|| SHARED.to_owned())),
            right(guessed(row.waiting, row.waiting_exact)),
            right(guessed(row.people, row.waiting_exact)),
            right(row.oldest_seconds.map_or_else(|| "unknown".to_owned(), age)),
            right(stage(row.normalise)),
            right(stage(row.matching)),
            right(stage(row.sink)),
            right(row.eta_seconds.map_or_else(|| "-".to_owned(), age)),
            verdict(row.verdict),
        ]
    });
    table(
        room,
        &[
            words("PROVINCE", 16),
            figure("WAITING", 10),
            figure("PEOPLE", 10),
            figure("OLDEST", 11),
            figure("NORMALISE", 10).dispensable(),
            figure("MATCH", 10).dispensable(),
            figure("SINK", 10).dispensable(),
            figure("DONE IN", 9),
            words("VERDICT", 20).narrow(19),
        ],
        rows.collect(),
    )
}

fn stages(state: &State, room: u16) -> Table<'static> {
    let rate = |rate: Option<f64>| right(rate.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.1}/s")));
    let lags = state.picture.lags(state.province.as_deref(), state.order);
    let rows = lags.into_iter().map(|lag| {
        vec![
            Cell::from(lag.group.clone()),
            Cell::from(format!("{}[{}]", lag.topic, lag.partition)),
            right(guessed(lag.waiting, lag.waiting_exact)),
            right(lag.lag_seconds.map_or_else(|| "unknown".to_owned(), age)),
            rate(lag.rates.rate_in),
            rate(lag.rates.rate_out),
            right(lag.rates.eta_seconds.map_or_else(|| "-".to_owned(), age)),
            verdict(lag.verdict),
        ]
    });
    table(
        room,
        &[
            words("GROUP", 9).dispensable(),
            words("PARTITION", 34),
            figure("WAITING", 9),
            figure("OLDEST", 11),
            figure("IN", 9).dispensable(),
            figure("OUT", 9).dispensable(),
            figure("DONE IN", 9).dispensable(),
            words("VERDICT", 19),
        ],
        rows.collect(),
    )
}

fn nodes(state: &State, room: u16) -> Table<'static> {
    let nodes = state.picture.nodes(state.province.as_deref(), state.order);
    let rows = nodes.into_iter().map(|node| {
        vec![
            Cell::from(node.node_id.clone()),
            Cell::from(node.province.clone()),
            right(guessed(node.pending, true)),
            right(age(node.silent_seconds)),
            right(node.held_back_seconds().map_or_else(|| "-".to_owned(), age)),
        ]
    });
    table(
        room,
        &[
            words("NODE", 28),
            words("PROVINCE", 16).narrow(14),
            figure("PENDING", 10),
            figure("LAST HEARD", 12),
            figure("HELD BACK", 12),
        ],
        rows.collect(),
    )
}

fn workers(state: &State, room: u16) -> Table<'static> {
    let rows = state.picture.workers(state.order).into_iter().map(|worker| {
        let style = if worker.client_id.is_none() {
            bad()
        } else {
            Style::new()
        };
        vec![
            Cell::from(worker.group.clone()).style(style),
            Cell::from(worker.state.clone()).style(style),
            Cell::from(worker.client_id.clone().unwrap_or_else(|| "nobody".to_owned())).style(style),
            Cell::from(worker.host.clone()).style(style),
            right(worker.partitions.to_string()).style(style),
        ]
    });
    table(
        room,
        &[
            words("GROUP", 24).narrow(14),
            words("STATE", 20).narrow(19),
            words("CLIENT", 24).narrow(20),
            words("HOST", 20).narrow(15),
            figure("HAS", 8),
        ],
        rows.collect(),
    )
}

fn whys(state: &State, room: u16) -> Table<'static> {
    const CAUSE: u16 = 28;
    let beside = usize::from(room.saturating_sub(CAUSE + 1)).max(1);
    let rows = state.picture.causes.iter().map(|cause| {
        let about = format!("{}\n{}", cause.kind.name(), cause.about);
        let text = wrapped(&format!("{}\nnext: {}", cause.evidence, cause.next), beside);
        let lines = text.len().max(2) as u16;
        Row::new([Cell::from(about).style(bad()), Cell::from(text.join("\n"))])
            .height(lines)
            .bottom_margin(1)
    });
    let widths = [Constraint::Max(CAUSE), Constraint::Fill(1)];
    Table::new(rows, widths)
        .header(
            Row::new(["CAUSE", "EVIDENCE, AND WHAT TO DO"]).style(Style::new().add_modifier(Modifier::BOLD)),
        )
        .row_highlight_style(Style::new().add_modifier(Modifier::REVERSED))
        .column_spacing(1)
}

fn verdict(verdict: Verdict) -> Cell<'static> {
    let style = match tone(verdict) {
        Tone::Plain => Style::new(),
        Tone::Good => Style::new().fg(Color::Green),
        Tone::Notice => Style::new().fg(Color::Yellow),
        Tone::Bad => bad(),
    };
    Cell::from(verdict.name()).style(style)
}

fn guessed(number: i64, exact: bool) -> String {
    let mark = if exact || number == 0 { "" } else { "~" };
    format!("{mark}{}", grouped(number))
}

fn right(text: String) -> Cell<'static> {
    Cell::from(Line::from(text).right_aligned())
}

const fn bad() -> Style {
    Style::new().fg(Color::Red)
}

const fn dim() -> Style {
    Style::new().add_modifier(Modifier::DIM)
}

fn middle(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    }
}

#[cfg(test)]
mod tests {
    use super::super::picture::{Picture, Worker};
    use super::super::sorted::Order;
    use super::super::state::Act;
    use super::*;
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    use lag::ProvinceLag;
    use lag::cause::{Cause, Kind, NodeSeen};
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    fn province(slug: &str, waiting: i64, verdict: Verdict) -> ProvinceLag {
        let stage = Stage { waiting, exact: true };
        ProvinceLag {
            province: Some(slug.to_owned()),
            waiting,
            waiting_exact: true,
            people: waiting,
            oldest_seconds: Some(waiting as f64),
            normalise: Some(stage),
            matching: Some(Stage::default()),
            sink: None,
            eta_seconds: None,
            verdict,
            causes: Vec::new(),
        }
    }

    fn state() -> State {
        let mut state = State::default();
        state.see(Picture {
            at: Some(schemas::Timestamp(1_795_852_720_661)),
            provinces: vec![
                province("son-la", 3, Verdict::Stalled),
                province("dien-bien", 90_000, Verdict::Draining),
                province("ha-noi", 0, Verdict::CaughtUp),
            ],
            workers: vec![Worker {
                group: "sink".to_owned(),
                state: "Empty".to_owned(),
                ..Worker::default()
            }],
            nodes: vec![
                NodeSeen {
                    node_id: "son-la-01".to_owned(),
                    province: "son-la".to_owned(),
                    pending: 7,
                    silent_seconds: 4_000.0,
                    ..NodeSeen::default()
                },
                NodeSeen {
                    node_id: "ha-noi-01".to_owned(),
                    province: "ha-noi".to_owned(),
                    ..NodeSeen::default()
                },
            ],
            causes: vec![Cause {
                kind: Kind::DeadConsumer,
                about: "group sink".to_owned(),
                evidence: "no member for 20 s".to_owned(),
                next: "start an intake-sink".to_owned(),
            }],
            ..Picture::default()
        });
        state
    }

    fn drawn(state: &mut State, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
        terminal.draw(|frame| draw(frame, state)).expect("drawn");
        let buffer = terminal.backend().buffer().clone();
        let line = |y: u16| {
            (0..width)
                .map(|x| buffer[(x, y)].symbol().to_owned())
                .collect::<String>()
        };
        (0..height).map(|y| line(y) + "\n").collect()
    }

    fn press(state: &mut State, code: KeyCode) -> Act {
        state.press(KeyEvent::new(code, KeyModifiers::NONE))
    }

    fn place(text: &str, what: &str) -> usize {
        text.find(what).unwrap_or_else(|| panic!("no {what} in\n{text}"))
    }

    #[test]
    fn the_worst_province_comes_first_with_the_cause_and_what_to_do() {
        let text = drawn(&mut state(), 120, 24);
        assert!(place(&text, "son-la") < place(&text, "dien-bien"), "{text}");
        for part in [
            "stalled",
            "90 000",
            "dead-consumer (group sink)",
            "next: start an intake-sink",
        ] {
            place(&text, part);
        }
    }

    #[test]
    fn keys_sort_go_in_and_come_out() {
        let mut state = state();
        press(&mut state, KeyCode::Char('s'));
        let text = drawn(&mut state, 120, 24);
        assert!(place(&text, "dien-bien") < place(&text, "son-la"), "{text}");
        press(&mut state, KeyCode::Down);
        assert_eq!(press(&mut state, KeyCode::Enter), Act::Draw);
        assert_eq!(state.province.as_deref(), Some("son-la"));
        press(&mut state, KeyCode::Tab);
        let text = drawn(&mut state, 120, 24);
        place(&text, "son-la-01");
        assert!(!text.contains("ha-noi-01"), "{text}");
        press(&mut state, KeyCode::Esc);
        place(&drawn(&mut state, 120, 24), "ha-noi-01");
        assert_eq!(press(&mut state, KeyCode::Char('r')), Act::LookAgain);
        assert_eq!(press(&mut state, KeyCode::Char('q')), Act::Leave);
    }

    #[test]
    fn every_page_and_the_help_fit_any_terminal() {
        let mut state = state();
        for (width, height) in [(120, 40), (80, 24), (20, 6), (1, 1)] {
            for page in ['1', '2', '3', '4', '5', '?'] {
                press(&mut state, KeyCode::Char(page));
                drawn(&mut state, width, height);
            }
            press(&mut state, KeyCode::End);
        }
    }

    #[test]
    fn eighty_columns_cut_nothing_that_matters() {
        let mut state = state();
        let mut picture = state.picture.clone();
        picture.provinces[0] = province("tuyen-quang", 1_234_567, Verdict::NoActiveConsumers);
        picture.provinces[0].oldest_seconds = Some(86_000.0);
        picture.provinces[0].eta_seconds = Some(86_000.0);
        picture.lags = vec![lag::PartitionLag {
            group: "normalise".to_owned(),
            topic: "intake.applications.tuyen-quang".to_owned(),
            partition: 0,
            province: Some("tuyen-quang".to_owned()),
            committed_offset: None,
            end_offset: 1_234_567,
            stable_offset: 1_234_567,
            earliest_offset: 0,
            lag: 1_234_567,
            waiting: 1_234_567,
            waiting_exact: true,
            lag_seconds: Some(86_000.0),
            rates: lag::Rates::default(),
            retention_margin_seconds: None,
            lost_records: 0,
            verdict: Verdict::NoActiveConsumers,
            causes: Vec::new(),
        }];
        picture.nodes[0].node_id = "tuyen-quang-thanh-pho-000001".to_owned();
        picture.nodes[0].province = "tuyen-quang".to_owned();
        (picture.nodes[0].silent_seconds, picture.nodes[0].pending_seconds) = (172_000.0, 86_000.0);
        picture.workers[0] = Worker {
            group: "normalise".to_owned(),
            state: "CompletingRebalance".to_owned(),
            client_id: Some("intake-1795852720661".to_owned()),
            host: "192.168.100.200".to_owned(),
            partitions: 21,
        };
        picture.causes[0].next = format!("{} the last word", "see `intakectl peek` ".repeat(9));
        state.see(picture);
        for (page, parts) in [
            (
                '1',
                &["tuyen-quang ", "1 234 567", "23 h 53 min", "no-active-consumers"][..],
            ),
            (
                '2',
                &[
                    "applications.tuyen-quang[0]",
                    "1 234 567",
                    "23 h 53 min",
                    "no-active-consumers",
                ],
            ),
            (
                '3',
                &["tuyen-quang-thanh-pho-000001", "47 h 46 min", "23 h 53 min"],
            ),
            (
                '4',
                &[
                    "normalise ",
                    "CompletingRebalance",
                    "intake-1795852720661",
                    "192.168.100.200",
                    " 21",
                ],
            ),
            ('5', &["dead-consumer", "the last word"]),
        ] {
            press(&mut state, KeyCode::Char(page));
            let text = drawn(&mut state, 80, 24);
            for part in parts {
                assert!(text.contains(part), "page {page} has no {part} in\n{text}");
            }
        }
    }

    #[test]
    fn what_is_not_seen_any_more_is_said() {
        let mut state = state();
        let trouble = Some("the cluster doesn't answer".to_owned());
        let picture = state.picture.clone();
        state.see(Picture { trouble, ..picture });
        let text = drawn(&mut state, 120, 24);
        place(&text, "not seen since: the cluster doesn't answer");
        place(&text, "son-la");
    }

    #[test]
    fn an_order_comes_round_again() {
        let mut order = Order::default();
        for _ in 0..4 {
            order = order.next();
        }
        assert_eq!(order, Order::default());
    }
}
