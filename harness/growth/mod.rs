//! Work grows linearly in scenarios, steps, tokens, events and log lines: allocations at 1,000 and at 10,000 are compared.

use std::fmt::Write as _;

use allocation_counter::{AllocationInfo, measure};

use crate::check;
use crate::config::{Overrides, TargetFile};
use crate::diagnose::{Catalogue, FailedStep, Given, SentProbe, diagnose};
use crate::evidence::Evidence;
use crate::fixtures::{endpoint, exchange, log_entry, staging};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::redact::Redactor;
use crate::scenario::Scenario;
use crate::terms::{Hop, TokenKind};

const FEW: usize = 1_000;
const MANY: usize = 10_000;
/// Ten times as many may take so many times the work: a table that doubles has room for 1,024 and for 16,384. Quadratic
/// growth would take a hundred times the work.
const MOST: u64 = 20;

/// Compares what `work` allocates for few and for many. `given` makes what it works on.
fn grows_linearly<T>(given: impl Fn(usize) -> T, work: impl Fn(&T)) {
    let of = |many: usize| {
        let given = given(many);
        measure(|| work(&given))
    };
    // What is made once in a process does not count.
    of(1);
    let (few, many) = (of(FEW), of(MANY));
    let counts = |info: &AllocationInfo| [info.count_total, info.bytes_total, info.bytes_max];
    for (few, many) in counts(&few).into_iter().zip(counts(&many)) {
        assert!(many <= few.max(1) * MOST, "{few} at {FEW} and {many} at {MANY}");
    }
}

fn steps(many: usize) -> String {
    let mut text = "title = \"t\"\n".to_owned();
    for n in 0..many {
        let _ = write!(text, "[[step]]\nid = \"s{n}\"\ncall = \"backend.health\"\n[step.expect]\nstatus = 200\n");
    }
    text
}

#[test]
fn scenario_files_are_checked_with_linear_work() {
    let folder = |many: usize| {
        let folder = tempfile::tempdir().expect("a folder");
        (0..many).for_each(|n| {
            std::fs::write(folder.path().join(format!("s{n}.toml")), steps(1)).expect("a file");
        });
        folder
    };
    grows_linearly(folder, |folder| {
        let home = check::Home { file: None, named: false };
        let pick = |file: &TargetFile| file.resolve(None, &Overrides::default());
        let checked = check::files(&[folder.path().to_owned()], &home, &pick);
        assert!(checked.mistakes.is_empty(), "{:?}", checked.mistakes);
    });
}

#[test]
fn steps_are_read_with_linear_work() {
    let target = staging();
    grows_linearly(steps, |text| {
        let scenario = Scenario::parse("s.toml", text).expect("a scenario");
        assert!(scenario.on(&target).check(&target).is_ok());
    });
}

#[test]
fn tokens_are_registered_and_removed_with_linear_work() {
    let token = |n: usize| {
        let random = (n as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        format!("eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOi{random:064x}.{:043x}", random.rotate_left(17))
    };
    grows_linearly(
        |many| (0..many).map(token).collect::<Vec<_>>(),
        |tokens| {
            let redactor = Redactor::new();
            for token in tokens {
                redactor.register_token(TokenKind::Valid, token);
                assert!(!redactor.clean(&format!("Bearer {token} is refused")).contains(token));
            }
        },
    );
}

#[test]
fn events_of_a_stream_are_redacted_with_linear_work() {
    let redactor = Redactor::new();
    redactor.register_token(TokenKind::Valid, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJlLW9mLTQzLWNoYXJz");
    grows_linearly(
        |many| (0..many).map(|n| format!("{{\"type\":\"delta\",\"n\":{n}}}")).collect::<Vec<_>>(),
        |events| {
            let pieces: Vec<&str> = events.iter().map(String::as_str).collect();
            assert_eq!(redactor.clean_pieces(&pieces).len(), events.len());
        },
    );
}

/// A run of which the last step failed, and its log.
struct Failed {
    observations: Vec<Observation>,
    sent: Vec<SentProbe>,
    evidence: Evidence,
}

const CALLED: &str = "backend.chat-messages";

fn at(milliseconds: usize) -> jiff::Timestamp {
    let after = i64::try_from(milliseconds).expect("a short time");
    jiff::Timestamp::from_millisecond(1_800_000_000_000 + after).expect("a time")
}

fn failed(steps: usize, lines: usize) -> Failed {
    let observed = |n: usize| {
        let (status, body) = if n < steps { (200, r#"{"messages":[]}"#) } else { (403, "{}") };
        let probe = exchange(CALLED, TokenKind::Valid).answered(status, "application/json", body);
        let id = u32::try_from(n).expect("few");
        observe(&Exchange { id, ..probe }, &endpoint(CALLED), "").expect("an observation")
    };
    let sent = |n: usize| SentProbe {
        exchange: u32::try_from(n).expect("few"),
        started_at: at(n * 10),
        ended_at: at(n * 10 + 5),
        trace_id: format!("{n:032x}"),
        request_ids: vec![format!("request-{n}")],
    };
    let line =
        |n: usize| log_entry(at(n * 7), Hop::Backend, &format!("request {n} was served, circuit breaker closed"));
    let evidence = Evidence {
        log: (0..lines).map(line).collect(),
        log_read_at: Some(at(usize::pow(10, 9))),
        ..Evidence::default()
    };
    Failed { observations: (1..=steps).map(observed).collect(), sent: (1..=steps).map(sent).collect(), evidence }
}

fn explained(run: &Failed) {
    let (target, last) = (staging(), run.observations.last().expect("a step").exchange);
    let failed = [FailedStep { step: "s/t".into(), exchange: last, control: false }];
    let Failed { observations, sent, evidence } = run;
    let given = Given { target: &target, observations, sent, evidence, failed: &failed };
    assert!(!diagnose(given, Catalogue::shipped()).is_empty());
}

#[test]
fn a_failure_after_many_steps_is_diagnosed_with_linear_work() {
    grows_linearly(|many| failed(many, 10), explained);
}

#[test]
fn a_failure_with_a_long_log_is_diagnosed_with_linear_work() {
    grows_linearly(|many| failed(3, many), explained);
}
