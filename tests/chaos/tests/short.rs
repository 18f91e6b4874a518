//! A short run of chaos.

use chaos::Plan;

#[test]
fn nothing_is_lost_or_doubled_whatever_is_killed_frozen_or_restarted() {
    let plan = Plan {
        lines: 4_000,
        faults: 8,
        seed: 74, // every kind of fault
    };
    let verdict = chaos::run(plan, |text| eprintln!("{text}"));
    assert!(verdict.is_good(), "{verdict:#?}");
}
