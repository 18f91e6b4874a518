//! Every rule for a cause, on windows made by hand.

use lag::cause::{Database, Kind, NodeSeen, Session};
use lag::{Cause, Evidence, Window, causes};
use runtime::kafka::{Boundaries, Group, Look, Member, Partition};
use schemas::Timestamp;
use schemas::topics::{CHANGES, GROUP_MATCH, GROUP_NORMALISE, GROUP_SINK, MATCH_LOG, applications, nodes};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// A group in one partition at a second: its position, the stable end, the end, its members, its state.
#[derive(Clone)]
struct Seen {
    group: &'static str,
    topic: String,
    committed: i64,
    stable: i64,
    end: i64,
    members: Vec<String>,
    state: &'static str,
}

fn seen(group: &'static str, topic: &str, committed: i64, end: i64) -> Seen {
    Seen {
        group,
        topic: topic.to_owned(),
        committed,
        stable: end,
        end,
        members: vec!["m".to_owned()],
        state: "Stable",
    }
}

impl Seen {
    fn members(mut self, members: &[&str]) -> Self {
        self.members = members.iter().map(|id| (*id).to_owned()).collect();
        self
    }

    fn state(mut self, state: &'static str) -> Self {
        self.state = state;
        self
    }

    fn stable(mut self, stable: i64) -> Self {
        self.stable = stable;
        self
    }
}

fn window(looks: impl IntoIterator<Item = (i64, Vec<Seen>)>) -> Window {
    let mut window = Window::new(Duration::from_secs(300));
    for (second, all) in looks {
        let mut ends = HashMap::new();
        let mut groups: BTreeMap<String, Group> = BTreeMap::new();
        for seen in all {
            let partition = Partition::new(&seen.topic, 0);
            let (stable, end) = (seen.stable, seen.end);
            ends.insert(
                partition.clone(),
                Boundaries {
                    earliest: 0,
                    stable,
                    end,
                },
            );
            let group = groups.entry(seen.group.to_owned()).or_default();
            group.state = seen.state.to_owned();
            group.committed.insert(partition.clone(), seen.committed);
            for id in seen.members {
                match group.members.iter_mut().find(|member| member.id == id) {
                    Some(member) => member.assigned.push(partition.clone()),
                    None => group.members.push(Member {
                        id,
                        client_id: "intake".to_owned(),
                        host: "10.0.0.1".to_owned(),
                        assigned: vec![partition.clone()],
                    }),
                }
            }
        }
        let at = Timestamp(second * 1000);
        window.push(Look { at, ends, groups });
    }
    window
}

fn found(window: &Window, database: &Database, nodes: &[NodeSeen], province: Option<&str>) -> Vec<Cause> {
    let lags = window.lags(&BTreeMap::new(), &BTreeMap::new(), &BTreeMap::new());
    causes(&Evidence {
        window,
        lags: &lags,
        province,
        database,
        nodes,
    })
}

fn kinds(window: &Window, database: &Database) -> Vec<(Kind, String)> {
    let causes = found(window, database, &[], None);
    causes
        .into_iter()
        .map(|cause| (cause.kind, cause.about))
        .collect()
}

fn of(kind: Kind, group: &str) -> Vec<(Kind, String)> {
    vec![(kind, format!("group {group}"))]
}

/// The same at each of 21 seconds.
fn standing(all: impl Fn(i64) -> Vec<Seen>) -> Window {
    window((0..=20).map(|second| (second, all(second))))
}

#[test]
fn a_group_that_moves_has_no_cause() {
    let steady = standing(|second| {
        vec![
            seen(
                GROUP_NORMALISE,
                &applications("son-la"),
                second * 10,
                second * 10 + 5,
            ),
            seen(GROUP_MATCH, MATCH_LOG, second * 10, second * 10 + 3),
            seen(GROUP_SINK, CHANGES, second * 20, second * 20 + 9),
        ]
    });
    assert_eq!(kinds(&steady, &Database::NotAsked), []);
    let catching_up = standing(|second| vec![seen(GROUP_SINK, CHANGES, second * 90, 5_000 + second)]);
    assert_eq!(kinds(&catching_up, &Database::Sessions(Vec::new())), []);
}

#[test]
fn a_position_that_stands_still_is_its_records_fault_only_when_nothing_else_explains_it() {
    let stuck = |group, topic: &'static str| standing(move |_| vec![seen(group, topic, 7, 90)]);
    let sink = stuck(GROUP_SINK, CHANGES);
    assert_eq!(
        kinds(&sink, &Database::NotAsked),
        of(Kind::PoisonRecord, GROUP_SINK)
    );
    let refused = Database::Unreachable("refused".to_owned());
    assert_eq!(kinds(&sink, &refused), of(Kind::DatabaseStopped, GROUP_SINK));
    let locked = |program: &str| Session {
        program: program.to_owned(),
        waits_for: Some("Lock: transactionid".to_owned()),
        seconds: 9.0,
        transaction_seconds: Some(9.0),
        blocked_by: vec![4711],
        no_room: false,
    };
    let told = Session {
        program: "intake-sink".to_owned(),
        no_room: true,
        ..Session::default()
    };
    let full = Database::Sessions(vec![locked("intake-sink"), told]);
    assert_eq!(kinds(&sink, &full), of(Kind::Disk, GROUP_SINK));
    let waiting = Database::Sessions(vec![locked("intake-sink")]);
    assert_eq!(kinds(&sink, &waiting), of(Kind::SlowDatabase, GROUP_SINK));
    let causes = found(&sink, &waiting, &[], None);
    assert!(causes[0].evidence.contains("Lock: transactionid"), "{causes:?}");
    assert!(causes[0].next.contains("4711"), "{causes:?}");
    let log = stuck(GROUP_MATCH, MATCH_LOG);
    let reading = Database::Sessions(vec![locked("intake-enrich")]);
    assert_eq!(kinds(&log, &reading), of(Kind::MatcherRestoring, GROUP_MATCH));
    assert_eq!(
        kinds(&log, &Database::NotAsked),
        of(Kind::PoisonRecord, GROUP_MATCH)
    );
    let short = window((0..=11).map(|second| (second, vec![seen(GROUP_MATCH, MATCH_LOG, 7, 90)])));
    assert_eq!(
        kinds(&short, &Database::NotAsked),
        [],
        "a frozen worker looks the same so far"
    );
}

#[test]
fn a_stage_is_not_blamed_for_what_a_later_one_holds_up() {
    let backed_up = standing(|_| {
        vec![
            seen(GROUP_NORMALISE, &applications("son-la"), 3, 900),
            seen(GROUP_SINK, CHANGES, 7, 90).members(&[]).state("Empty"),
        ]
    });
    assert_eq!(
        kinds(&backed_up, &Database::NotAsked),
        of(Kind::DeadConsumer, GROUP_SINK)
    );
}

#[test]
fn members_tell_the_dead_from_the_restless() {
    let dead = standing(|_| vec![seen(GROUP_MATCH, MATCH_LOG, 7, 90).members(&[]).state("Empty")]);
    assert_eq!(
        kinds(&dead, &Database::NotAsked),
        of(Kind::DeadConsumer, GROUP_MATCH)
    );
    let busy = applications("ha-noi");
    let part = standing(|second| {
        let mut orphan = seen(GROUP_NORMALISE, &applications("son-la"), 7, 90);
        orphan.members = Vec::new();
        vec![seen(GROUP_NORMALISE, &busy, second, second), orphan]
    });
    assert_eq!(
        kinds(&part, &Database::NotAsked),
        of(Kind::MissingMember, GROUP_NORMALISE)
    );
    let restarting = standing(|second| {
        let id = format!("m{}", second / 4);
        vec![seen(GROUP_MATCH, MATCH_LOG, 7, 90).members(&[&id])]
    });
    assert_eq!(
        kinds(&restarting, &Database::NotAsked),
        of(Kind::PoisonRecord, GROUP_MATCH)
    );
    let joining = standing(|second| {
        let passing = format!("m{}", second / 4);
        vec![seen(GROUP_NORMALISE, &busy, 7, 90).members(&["stays", &passing])]
    });
    assert_eq!(
        kinds(&joining, &Database::NotAsked),
        of(Kind::RebalanceLoop, GROUP_NORMALISE),
        "a record that ends whoever gets it spares nobody"
    );
    let sharing = standing(|second| {
        let state = if second % 3 == 0 {
            "Stable"
        } else {
            "PreparingRebalance"
        };
        vec![
            seen(GROUP_NORMALISE, &busy, 7, 90)
                .members(&["a", "b"])
                .state(state),
        ]
    });
    assert_eq!(
        kinds(&sharing, &Database::NotAsked),
        of(Kind::RebalanceLoop, GROUP_NORMALISE)
    );
}

#[test]
fn transactions_bursts_and_replays_are_told() {
    let hung = standing(|_| vec![seen(GROUP_SINK, CHANGES, 7, 90).stable(7)]);
    assert_eq!(
        kinds(&hung, &Database::NotAsked),
        of(Kind::HungTransaction, GROUP_SINK)
    );
    let flood = applications("ha-noi");
    let burst = standing(|second| vec![seen(GROUP_NORMALISE, &flood, second * 10, 100 + second * 500)]);
    let named = kinds(&burst, &Database::NotAsked);
    assert_eq!(named, of(Kind::Burst, GROUP_NORMALISE));
    let shadow = standing(|second| vec![seen("sink-shadow", CHANGES, second, 900)]);
    assert_eq!(
        kinds(&shadow, &Database::NotAsked),
        of(Kind::ReplayInProgress, "sink-shadow")
    );
}

#[test]
fn nodes_are_judged_while_their_manifests_arrive() {
    let node = |id: &str, silent_seconds, pending, (pending_seconds, published)| NodeSeen {
        node_id: id.to_owned(),
        province: "son-la".to_owned(),
        silent_seconds,
        pending,
        pending_seconds,
        published,
    };
    let all = [
        node("well", 3.0, 0, (0.0, 0)),
        node("idle", 9_000.0, 0, (0.0, 0)),
        node("busy", 3.0, 5, (2.0, 0)),
        node("steady", 3.0, 5, (20.0, 60)),
        node("gone", 45.0, 5, (0.0, 0)),
        node("refused", 3.0, 5, (20.0, 0)),
        node("throttled", 3.0, 500, (20.0, 60)),
    ];
    let manifests = nodes("son-la");
    let arriving = standing(|second| vec![seen(GROUP_SINK, &manifests, second, second)]);
    let told = |window: &Window, province| -> Vec<(Kind, String)> {
        let causes = found(window, &Database::NotAsked, &all, province);
        causes
            .into_iter()
            .map(|cause| (cause.kind, cause.about))
            .collect()
    };
    let expected = [
        (Kind::SilentNode, "gone".to_owned()),
        (Kind::ProducerHeldBack, "refused".to_owned()),
        (Kind::ProducerHeldBack, "throttled".to_owned()),
    ];
    assert_eq!(told(&arriving, Some("son-la")), expected);
    assert_eq!(told(&arriving, Some("ha-noi")), [], "another province's");
    let late = standing(|_| vec![seen(GROUP_SINK, &manifests, 2, 9)]);
    assert_eq!(
        told(&late, None),
        of(Kind::PoisonRecord, GROUP_SINK),
        "what they say is old"
    );
}
