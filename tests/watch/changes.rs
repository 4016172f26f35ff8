//! Each change of the system is told once and within one period, and nothing else is told.

use std::time::{Duration, Instant};

use super::process::{Place, SHORT};
use super::system::System;

/// Faults whose verdict is certain in one run, each behind an open port.
pub(crate) const FAULTS: [&str; 4] = [
    "backend-auth/service-secret-mismatch",
    "backend/handler-error",
    "backend/jwt-secret-mismatch",
    "backend-auth/auth-url-wrong",
];

pub(crate) fn opened(fault: &str) -> (String, String) {
    ("opened".to_owned(), fault.to_owned())
}

pub(crate) fn changed(fault: &str) -> (String, String) {
    ("cause-changed".to_owned(), fault.to_owned())
}

pub(crate) fn cured(fault: &str) -> (String, String) {
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
        assert_eq!(watch.run_after(Instant::now()), end, "the next run sees the change");
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
