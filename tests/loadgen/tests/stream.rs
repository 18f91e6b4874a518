//! The stream: repeatable, bounded in memory, and readable by the contract.

use loadgen::{Defect, Generated, Generator, NoProvince, Step};
use schemas::provinces::Provinces;
use schemas::submission::Submission;
use sha2::{Digest, Sha256};

fn stream(seed: u64) -> Generator {
    Generator::new(seed, Provinces::default_21().iter()).expect("the 21 provinces are known")
}

fn line(generated: &Generated) -> Vec<u8> {
    let mut line = Vec::new();
    generated.write_line(&mut line).expect("memory takes every line");
    line
}

fn digest_of(seed: u64, lines: usize) -> String {
    let mut digest = Sha256::new();
    stream(seed)
        .take(lines)
        .for_each(|generated| digest.update(line(&generated)));
    digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Whoever changes what is generated changes this on purpose: benchmarks compare runs by it.
#[test]
fn the_first_thousand_lines_of_seed_1_never_change() {
    assert_eq!(
        digest_of(1, 1000),
        "854c9b77e313a68ecdf7a4ab7c180c0b1ee9968ac9e252602d42e6e4b8b801e8"
    );
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_thread() {
    let here = digest_of(5, 20_000);
    let threads: Vec<_> = (0..3)
        .map(|_| std::thread::spawn(|| digest_of(5, 20_000)))
        .collect();
    for thread in threads {
        assert_eq!(thread.join().expect("a thread ends"), here);
    }
    assert_ne!(digest_of(6, 20_000), here);
}

#[test]
fn a_longer_run_begins_with_the_shorter_one() {
    let short: Vec<_> = stream(2).take(500).map(|generated| line(&generated)).collect();
    let long: Vec<_> = stream(2)
        .take(5_000)
        .take(500)
        .map(|generated| line(&generated))
        .collect();
    assert_eq!(short, long);
}

#[test]
fn every_line_reads_back_as_what_was_generated() {
    for generated in stream(3).take(20_000) {
        let line = line(&generated);
        assert_eq!(line.iter().filter(|&&byte| byte == b'\n').count(), 1);
        assert_eq!(
            Submission::parse(&line),
            Ok(generated.submission),
            "{:?}",
            generated.variation
        );
    }
}

/// A step waits at most 36,040 ticks and a tick is about a line, so far fewer steps than that wait at once.
#[test]
fn memory_is_bounded_however_long_the_stream() {
    let mut generator = stream(4);
    let mut peaks = Vec::new();
    for _ in 0..4 {
        let peak = generator.by_ref().take(60_000).count();
        assert_eq!(peak, 60_000);
        peaks.push(generator.waiting());
    }
    assert!(peaks.iter().all(|&waiting| waiting < 10_000), "{peaks:?}");
    let (second, last) = (peaks[1] as f64, peaks[3] as f64);
    assert!((last / second - 1.0).abs() < 0.25, "still growing: {peaks:?}");
}

#[test]
fn a_resubmission_is_the_first_submission_byte_for_byte() {
    let mut first = std::collections::HashMap::new();
    let mut repeated = 0;
    for generated in stream(8).take(30_000) {
        let key = (generated.person, generated.variation.application);
        match generated.variation.step {
            Step::Application { revision: 1 } => {
                first.insert(key, line(&generated));
            }
            Step::Resubmission => {
                repeated += 1;
                assert_eq!(first.get(&key), Some(&line(&generated)), "{key:?}");
            }
            Step::Application { .. } | Step::Verification { .. } | Step::Withdrawal => {}
        }
    }
    assert!(repeated > 800, "{repeated}");
}

#[test]
fn defects_are_in_the_lines_that_say_so() {
    for generated in stream(9).take(60_000) {
        let Submission::Application(application) = &generated.submission else {
            continue;
        };
        let moment = application
            .captured_at
            .as_deref()
            .map(chrono::DateTime::parse_from_rfc3339);
        let named = application.applicant.full_name.is_some();
        let (revision, readable, empty) = (
            application.revision,
            moment.is_none_or(|m| m.is_ok()),
            application.applicant.present().count() == 0,
        );
        let expected = match generated.variation.defect {
            Some(Defect::NoName) => (true, true, false, false),
            Some(Defect::EmptyApplicant) => (true, true, true, false),
            Some(Defect::RevisionZero) => (false, true, false, true),
            Some(Defect::UnreadableMoment) => (true, false, false, true),
            Some(Defect::ImpossibleDate | Defect::BornInFuture) | None => (true, true, false, true),
        };
        assert_eq!(
            (revision > 0, readable, empty, named),
            expected,
            "{:?}",
            generated.variation
        );
    }
}

#[test]
fn provinces_that_cannot_be_are_named() {
    assert_eq!(Generator::new(1, []).map(drop), Err(NoProvince::Empty));
    let text = "home = 'x'\n[[province]]\ncode = '99'\nslug = 'x'\nname = 'X'";
    let unknown = Provinces::parse(text).expect("a well-formed list");
    let expected = NoProvince::Unknown {
        slug: "x".into(),
        code: "99".into(),
    };
    assert_eq!(Generator::new(1, unknown.iter()).map(drop), Err(expected));
}
