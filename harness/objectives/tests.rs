//! Objectives against exchanges made by hand.

use rstest::rstest;
use serde_json::json;

use crate::config::{Covers, Measure, Objective, Target};
use crate::diagnose::Cause;
use crate::fixtures::{exchange, staging};
use crate::objectives::{explain, measure, scenario};
use crate::observe::observe;
use crate::probe::{Exchange, Frame, Side};
use crate::report::{ObjectiveOutcome, ObjectiveReport, ProbeReport, ScenarioReport, StepOutcome};
use crate::terms::TokenKind;

const CHAT: &str = "backend.chat-messages";

/// The steps of the scenario `chat`, each with its exchange.
#[derive(Default)]
struct Driven {
    steps: Vec<serde_json::Value>,
    probes: Vec<ProbeReport>,
}

impl Driven {
    fn step(mut self, outcome: &str, mut exchange: Exchange) -> Self {
        let id = self.probes.len() as u32 + 1;
        exchange.id = id;
        let endpoint = exchange.probe.endpoint.clone();
        self.steps.push(json!({ "id": format!("s{id}"), "endpoint": endpoint, "call": "GET /", "outcome": outcome,
            "exchange": id, "source": "chat.toml:1" }));
        let target = staging();
        let observation = observe(&exchange, &target.endpoints[&exchange.probe.endpoint], "");
        self.probes.push(ProbeReport { observation, exchange });
        self
    }

    fn measured(&self, objective: Objective, causes: &[Cause]) -> ObjectiveReport {
        let target = Target { objectives: vec![objective], ..staging() };
        let scenario = json!({ "id": "chat", "title": "t", "outcome": "passed", "steps": self.steps });
        let scenario: ScenarioReport = serde_json::from_value(scenario).expect("a scenario");
        measure(&target, &[scenario], &self.probes, causes).pop().expect("one objective")
    }
}

fn objective(measure: Measure, limit: f64) -> Objective {
    let (covers, budget) = (Covers::default(), None);
    let (name, source) = ("fast".to_owned(), "fivewhys.toml:7".to_owned());
    Objective { name, measure, covers, bound: measure.bound(), limit, budget, source }
}

fn took(ms: f64, token: TokenKind) -> Exchange {
    let mut sent = exchange(CHAT, token).answered(200, "application/json", r#"{"messages":[]}"#);
    sent.phases.end_ms = ms;
    sent
}

fn cause(hop: &str, explains: &[&str]) -> Cause {
    let cause = json!({ "fault": "auth/down", "title": "t", "hop": hop, "certainty": "certain", "confidence": 1.0,
        "explains": explains, "alternatives": [], "whys": [], "ruled_out": [], "involves": [] });
    serde_json::from_value(cause).expect("a cause")
}

#[test]
fn the_slowest_call_that_worked_is_the_latency() {
    let driven = Driven::default()
        .step("passed", took(40.0, TokenKind::Valid))
        .step("passed", took(700.0, TokenKind::Valid))
        .step("passed", took(9000.0, TokenKind::WrongKey));
    let met = driven.measured(objective(Measure::Latency, 700.0), &[]);
    assert_eq!((met.value, met.calls, met.bad, met.outcome), (Some(700.0), 2, 0, ObjectiveOutcome::Met));
    let missed = driven.measured(objective(Measure::Latency, 699.0), &[]);
    assert_eq!((missed.outcome, missed.missed_by), (ObjectiveOutcome::Missed, vec!["chat/s2".to_owned()]));
}

#[rstest]
#[case::at_once(12.0, None)]
#[case::after_the_limit(15_000.0, Some(15_000.0))]
fn a_failed_call_shows_only_that_the_limit_had_passed(#[case] ms: f64, #[case] value: Option<f64>) {
    let driven = Driven::default().step("failed", took(ms, TokenKind::Valid));
    assert_eq!(driven.measured(objective(Measure::Latency, 5000.0), &[]).value, value);
}

#[test]
fn the_first_event_comes_after_the_greeting_and_the_message() {
    let frame = |at_ms, from| Frame { at_ms, from, name: String::new(), data: "{}".to_owned() };
    let mut sent = exchange("backend.websocket", TokenKind::Valid);
    sent.frames = vec![frame(5, Side::Server), frame(100, Side::Client), frame(141, Side::Server)];
    let driven = Driven::default().step("passed", sent);
    assert_eq!(driven.measured(objective(Measure::FirstEvent, 2000.0), &[]).value, Some(41.0));
}

#[test]
fn a_step_that_did_not_run_measures_nothing() {
    let driven =
        Driven::default().step("skipped", took(40.0, TokenKind::Valid)).step("known", took(9.0, TokenKind::Valid));
    for measure in Measure::ALL {
        let one = driven.measured(objective(*measure, 0.0), &[]);
        assert_eq!((one.value, one.outcome), (None, ObjectiveOutcome::NotMeasured), "{measure}");
    }
}

#[test]
fn a_refused_token_is_an_auth_error_and_a_broken_handler_is_none() {
    let refused = exchange(CHAT, TokenKind::Valid)
        .answered(401, "application/json", r#"{"detail":"Invalid token"}"#)
        .with_header("www-authenticate", "Bearer error=\"invalid_token\"");
    let broken = exchange(CHAT, TokenKind::Valid).answered(500, "application/json", r#"{"detail":"oops"}"#);
    let driven = Driven::default()
        .step("passed", took(1.0, TokenKind::Valid))
        .step("failed", refused)
        .step("failed", broken)
        .step("passed", took(1.0, TokenKind::None));
    let one = driven.measured(objective(Measure::AuthErrors, 0.0), &[]);
    assert_eq!((one.calls, one.bad, one.value), (2, 1, Some(0.5)));
    assert_eq!(one.missed_by, ["chat/s2"]);
    let success = driven.measured(objective(Measure::Success, 0.5), &[]);
    assert_eq!(
        (success.calls, success.bad, success.value, success.outcome),
        (3, 2, Some(1.0 / 3.0), ObjectiveOutcome::Missed)
    );
}

#[rstest]
#[case::at_the_auth_service("auth", 1)]
#[case::in_the_backend("backend", 0)]
fn a_failure_that_the_auth_service_causes_is_an_auth_error(#[case] hop: &str, #[case] bad: usize) {
    let down = exchange(CHAT, TokenKind::Valid).answered(503, "application/json", r#"{"detail":"unavailable"}"#);
    let driven = Driven::default().step("failed", down).step("passed", took(1.0, TokenKind::Valid));
    assert_eq!(driven.measured(objective(Measure::AuthErrors, 0.0), &[cause(hop, &["chat/s1"])]).bad, bad);
}

#[rstest]
#[case::explains_all(&["chat/s1", "chat/s2"], true)]
#[case::explains_a_part(&["chat/s1"], false)]
#[case::explains_another(&["threads/s1"], false)]
fn only_causes_of_every_bad_call_explain_an_objective(#[case] explains: &[&str], #[case] explained: bool) {
    let failed = || exchange(CHAT, TokenKind::Valid).answered(500, "application/json", "{}");
    let driven = Driven::default().step("failed", failed()).step("failed", failed());
    let mut causes = [cause("backend", explains)];
    let mut measured = [driven.measured(objective(Measure::Success, 0.99), &causes)];
    explain(&mut measured, &mut causes);
    assert_eq!(measured[0].cause, explained.then_some(0));
    assert_eq!(causes[0].explains.contains(&"objectives/fast".to_owned()), explained);
}

#[rstest]
#[case::met(1000.0, &[], StepOutcome::Passed)]
#[case::missed(10.0, &[], StepOutcome::Failed)]
#[case::known(10.0, &["objectives/fast"], StepOutcome::Known)]
#[case::all_known(10.0, &["objectives"], StepOutcome::Known)]
#[case::another_is_known(10.0, &["objectives/slow"], StepOutcome::Failed)]
fn an_objective_is_a_step(#[case] limit: f64, #[case] known: &[&str], #[case] outcome: StepOutcome) {
    let today = jiff::civil::date(2026, 11, 29);
    let known_failures = known.iter().map(|of| crate::config::KnownFailure {
        of: (*of).to_owned(),
        reason: "r".to_owned(),
        expires: today.tomorrow().expect("a day"),
    });
    let (objective, known_failures) = (objective(Measure::Latency, limit), known_failures.collect());
    let measured = Driven::default().step("passed", took(40.0, TokenKind::Valid)).measured(objective.clone(), &[]);
    let target = Target { objectives: vec![objective], known_failures, ..staging() };
    let made = scenario(&target, &[measured], today).expect("a scenario");
    assert_eq!((made.id.as_str(), made.outcome, made.steps[0].id.as_str()), ("objectives", outcome, "fast"));
    assert_eq!((made.steps[0].outcome, made.steps[0].source.as_str()), (outcome, "fivewhys.toml:7"));
}
