//! What a panic says in the log.

use std::process::Command;

const NAME: &str = "Lò Văn Pâng";

/// Runs in a process of its own, because it takes the panic hook of all.
#[test]
#[ignore = "the other test's child"]
fn panics() {
    runtime::telemetry::init();
    let inside_a_letter = 1..2;
    assert_eq!(NAME[inside_a_letter].len(), 1);
}

#[test]
fn a_panic_tells_its_place_and_no_value() {
    let child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "panics", "--ignored", "--nocapture"])
        .output()
        .expect("it runs");
    let told = String::from_utf8_lossy(&child.stderr);
    assert!(!child.status.success());
    assert!(told.contains("panicked at runtime/tests/panic.rs:"), "{told}");
    assert!(!told.contains("Pâng"), "{told}");
}
