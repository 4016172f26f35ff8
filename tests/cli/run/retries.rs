//! Steps that are tried again: after which failures, how often, and how the report shows it.

use std::sync::atomic::{AtomicUsize, Ordering};

use fivewhys::internal::report::{Report, RunOutcome, StepOutcome};
use rstest::rstest;

use crate::support::one_call;
use crate::support::program::{fivewhys, stderr};
use crate::support::server::{Answer, Server};

/// The call under test is answered so; the last answer stays. Every other call is answered well.
fn server(answers: Vec<fn() -> Answer>) -> Server {
    let calls = AtomicUsize::new(0);
    Server::start(move |request| match request.path().starts_with("/api/chat/messages") {
        true => answers[calls.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1)](),
        false => good(),
    })
}

fn good() -> Answer {
    Answer::http("200 OK", &[("Content-Type", "application/json")], br#"{"status": "healthy", "messages": []}"#)
}

fn unavailable() -> Answer {
    Answer::http("503 Service Unavailable", &[("Retry-After", "0")], b"")
}

fn throttled() -> Answer {
    Answer::http("429 Too Many Requests", &[], b"")
}

fn unauthorized() -> Answer {
    Answer::http("401 Unauthorized", &[("Retry-After", "0")], b"")
}

fn forbidden_and_cut() -> Answer {
    Answer::Bytes(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nno".to_vec())
}

fn nothing() -> Answer {
    Answer::Bytes(Vec::new())
}

fn cut() -> Answer {
    Answer::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"messages\": [".to_vec())
}

fn much_later() -> Answer {
    Answer::http("503 Service Unavailable", &[("Retry-After", "99999999999999999999")], b"")
}

fn driven(server: &Server, more: &[&str]) -> (Report, Option<i32>) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = fivewhys(["smoke", "--target", "staging", "--format", "json", "--scenarios"]);
    command.arg(one_call::write(folder.path()).expect("a scenario"));
    for (name, scheme) in [("backend", "http"), ("auth", "http"), ("websocket", "ws")] {
        command.args(["--set", &format!("{name}={scheme}://{}", server.address)]);
    }
    command.args(["--evidence", "edge", "--set", "budget.requests_per_minute=60000"]).args(more);
    let output =
        command.env("JWT_SECRET_STAGING", "a signing secret of more than 32 bytes").output().expect("it starts");
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    (report, output.status.code())
}

#[rstest]
#[case::unavailable(vec![unavailable, good], "status 503")]
#[case::throttled(vec![throttled, good], "status 429")]
#[case::no_answer(vec![nothing, good], "connection_terminated")]
#[case::cut_off(vec![cut, good], "http_response_incomplete")]
fn a_step_that_passes_on_a_retry_is_flaky(#[case] answers: Vec<fn() -> Answer>, #[case] after: &str) {
    let (report, code) = driven(&server(answers), &["--retries", "1"]);
    let step = &report.scenarios[0].steps[0];
    assert_eq!((step.outcome, step.flaky, step.tries.len()), (StepOutcome::Passed, true, 1));
    assert_eq!(step.tries[0].after, after);
    assert_eq!((report.outcome, code), (RunOutcome::Passed, Some(0)));
    let tried = [step.tries[0].exchange, step.exchange.expect("an exchange")];
    let of_step = report.probes.iter().filter(|probe| probe.exchange.step.as_deref() == Some("own/list"));
    assert_eq!(of_step.map(|probe| probe.exchange.id).collect::<Vec<_>>(), tried, "every try is among the probes");
}

#[test]
fn no_step_is_repeated_without_retries() {
    let (report, code) = driven(&server(vec![unavailable, good]), &[]);
    let step = &report.scenarios[0].steps[0];
    assert_eq!((step.outcome, step.tries.len()), (StepOutcome::Failed, 0));
    assert_ne!(code, Some(0));
}

#[test]
fn fail_on_flaky_fails_a_run_with_a_flaky_step() {
    let (report, code) = driven(&server(vec![unavailable, good]), &["--retries", "1", "--fail-on-flaky"]);
    assert_eq!((report.outcome, code), (RunOutcome::Failed, Some(3)));
    assert_eq!(report.scenarios[0].steps[0].outcome, StepOutcome::Passed);
    assert_eq!(report.exit.meaning, "a step passed only after a retry");
}

#[rstest]
#[case::unauthorized(vec![unauthorized, good])]
#[case::forbidden_with_a_lost_connection(vec![forbidden_and_cut, good])]
fn a_refusal_is_never_retried_away(#[case] answers: Vec<fn() -> Answer>) {
    let (report, code) = driven(&server(answers), &["--retries", "5"]);
    let step = &report.scenarios[0].steps[0];
    assert_eq!((step.outcome, step.tries.len(), step.flaky), (StepOutcome::Failed, 0, false));
    assert_ne!(code, Some(0));
}

#[test]
fn a_failure_that_stays_is_tried_as_often_as_asked() {
    let (report, _) = driven(&server(vec![unavailable]), &["--retries", "2"]);
    let step = &report.scenarios[0].steps[0];
    assert_eq!((step.outcome, step.tries.len(), step.flaky), (StepOutcome::Failed, 2, false));
    let waited: Vec<u64> = step.tries.iter().map(|one| one.waited_ms).collect();
    assert_eq!(waited, [500, 1000]);
}

#[test]
fn a_very_long_retry_after_is_not_waited_for() {
    let (report, _) = driven(&server(vec![much_later, good]), &["--retries", "3"]);
    let step = &report.scenarios[0].steps[0];
    assert_eq!((step.outcome, step.tries.len()), (StepOutcome::Failed, 0));
    assert!(step.because.iter().any(|line| line.contains("not tried again")), "{:?}", step.because);
}
