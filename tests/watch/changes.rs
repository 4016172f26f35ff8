//! Each change of the system is told once and within one period, and nothing else is told.

use std::io::Write as _;
use std::time::{Duration, Instant};

use super::process::{Place, SHORT, Watching};
use super::system::System;

/// Faults whose verdict is certain in one run, each behind an open port.
const FAULTS: [&str; 4] = [
    "backend-auth/service-secret-mismatch",
    "backend/handler-error",
    "backend/jwt-secret-mismatch",
    "backend-auth/auth-url-wrong",
];

fn opened(fault: &str) -> (String, String) {
    ("opened".to_owned(), fault.to_owned())
}

fn changed(fault: &str) -> (String, String) {
    ("cause-changed".to_owned(), fault.to_owned())
}

fn cured(fault: &str) -> (String, String) {
    ("cured".to_owned(), fault.to_owned())
}

/// Waits until the command was told this many changes.
fn told(place: &Place, changes: usize) {
    let guard = Instant::now() + Duration::from_secs(120);
    while place.changes().len() < changes {
        assert!(Instant::now() < guard, "told {:?}, {}", place.changes(), place.errors());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn each_change_is_told_once_within_one_period() {
    let (system, place) = (System::start(), Place::new());
    let watch = place.watch(&system.target(), &SHORT);
    assert_eq!((watch.run().as_str(), watch.run().as_str()), ("passed", "passed"));
    let mut expected = Vec::new();
    for (faults, tells, end) in [
        (&[FAULTS[0]][..], opened(FAULTS[0]), "failed"),
        (&[FAULTS[1]], changed(FAULTS[1]), "failed"),
        (&[], cured(FAULTS[1]), "passed"),
        (&[FAULTS[1]], opened(FAULTS[1]), "failed"),
        (&[], cured(FAULTS[1]), "passed"),
    ] {
        system.have(faults);
        assert_eq!(watch.run(), end, "the next run sees the change");
        expected.push(tells);
        told(&place, expected.len());
        assert_eq!(place.changes(), expected);
        assert_eq!(watch.run(), end);
    }
    assert_eq!(watch.terminate().code(), Some(143));
    assert_eq!((place.changes(), place.errors().as_str()), (expected, ""));
}

#[test]
fn a_kill_loses_nothing_and_tells_nothing_twice() {
    let (system, place) = (System::start(), Place::new());
    let watch = place.watch(&system.target(), &SHORT);
    watch.run();
    system.have(&[FAULTS[0]]);
    watch.run();
    // Killed while the command is about to run, runs, or has run.
    watch.kill();
    let watch = place.watch(&system.target(), &SHORT);
    watch.run();
    told(&place, 1);
    // Killed in the middle of a run.
    system.is_called();
    watch.kill();
    system.have(&[]);
    let watch = place.watch(&system.target(), &SHORT);
    watch.run();
    told(&place, 2);
    watch.run();
    assert_eq!(watch.terminate().code(), Some(143));
    assert_eq!(place.changes(), [opened(FAULTS[0]), cured(FAULTS[0])]);
}

/// What a schedule saw.
#[derive(Debug, Default)]
struct Counted {
    runs: usize,
    kills: usize,
    expected: Vec<(String, String)>,
    slowest: Duration,
}

/// Runs for `lasts`: faults come, change and go after every few runs, and every third phase ends with `kill -9`.
fn on_a_schedule(lasts: Duration, options: &[&str]) -> (Place, Counted) {
    let (system, place, begun) = (System::start(), Place::new(), Instant::now());
    let mut counted = Counted::default();
    let mut watch = place.watch(&system.target(), options);
    assert_eq!(watch.run(), "passed");
    let mut now = None;
    let phases =
        (0..).map(|phase| if phase % 3 == 2 { None } else { Some(FAULTS[(phase / 3 * 2 + phase % 3) % FAULTS.len()]) });
    for (phase, fault) in phases.enumerate() {
        if begun.elapsed() >= lasts && fault.is_none() {
            break;
        }
        counted.expected.push(match (now, fault) {
            (None, Some(fault)) => opened(fault),
            (Some(_), Some(fault)) => changed(fault),
            (Some(was), None) => cured(was),
            (None, None) => unreachable!("two phases in order follow each other"),
        });
        system.have(&fault.iter().copied().collect::<Vec<_>>());
        let since = Instant::now();
        one_phase(&watch, fault.is_some(), &mut counted);
        told(&place, counted.expected.len());
        counted.slowest = counted.slowest.max(since.elapsed());
        for _ in 0..2 {
            one_phase(&watch, fault.is_some(), &mut counted);
        }
        if phase % 3 == 1 {
            system.is_called();
            counted.kills += 1;
            watch.kill();
            watch = place.watch(&system.target(), options);
            one_phase(&watch, fault.is_some(), &mut counted);
        }
        now = fault;
    }
    assert_eq!(watch.terminate().code(), Some(143));
    (place, counted)
}

fn one_phase(watch: &Watching, fails: bool, counted: &mut Counted) {
    assert_eq!(watch.run(), if fails { "failed" } else { "passed" });
    counted.runs += 1;
}

/// `cargo test --features watch --test main watch::changes::ten_minutes -- --ignored --nocapture`
#[test]
#[ignore = "takes ten minutes"]
fn ten_minutes() {
    let (place, counted) = on_a_schedule(Duration::from_secs(600), &["--every", "5s"]);
    let counts = format!(
        "{} runs, {} kills, {} changes expected, {} told; the slowest was told {:.1} s after it began\n",
        counted.runs,
        counted.kills,
        counted.expected.len(),
        place.changes().len(),
        counted.slowest.as_secs_f64()
    );
    std::io::stderr().write_all(counts.as_bytes()).expect("stderr is there");
    assert_eq!(place.changes(), counted.expected);
}
