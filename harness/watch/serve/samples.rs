//! States of each kind, for the tests of the metrics and of the page.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::config::{Bound, ErrorBudget, Measure};
use crate::diagnose::Certainty;
use crate::objectives::{Sample, burn};
use crate::report::{ObjectiveOutcome, ObjectiveReport, StepOutcome};
use crate::watch::burning::Burning;
use crate::watch::state::{
    AuthCalls, Change, ChangeKind, End, Incident, Named, Ran, ScenarioRan, State, StepRan, Totals, Watched,
};

/// When the samples are looked at.
pub(super) fn now() -> Timestamp {
    "2026-03-02T12:00:20Z".parse().expect("a time")
}

/// Returns every kind of state, with its name.
pub(super) fn all() -> Vec<(&'static str, State)> {
    vec![
        ("green", green()),
        ("open_incident", open_incident()),
        ("three_targets", three_targets()),
        ("untested", untested()),
        ("first_run", state(vec![watched("staging", 0, |_| true)])),
        ("empty", state(vec![])),
        ("late", late()),
    ]
}

pub(super) fn green() -> State {
    state(vec![with_past(watched("staging", 200, |n| n != 60 && n != 61))])
}

pub(super) fn open_incident() -> State {
    state(vec![open(with_past(watched("staging", 200, |n| n >= 12 && n != 60 && n != 61)))])
}

pub(super) fn three_targets() -> State {
    let second = open(watched("eu-west1", 200, |n| n >= 12));
    let third = untested().targets.remove(0);
    let mut all = vec![with_past(watched("us-central1", 200, |n| n != 60)), second, third];
    all[2].name = "asia-east1".to_owned();
    (all[1].objectives, all[1].measured) = (vec![burning()], measured());
    state(all)
}

/// An objective whose budget is used up too fast: half of the calls of an hour were bad.
fn burning() -> Burning {
    let budget = ErrorBudget { share: 0.01, window: Duration::from_secs(30 * 24 * 3600) };
    let samples: VecDeque<Sample> = (0..60).rev().map(|n| Sample { at: minutes_ago(n), good: 1, bad: 1 }).collect();
    let burn = Some(burn(&Vec::from(samples.clone()), budget, now()));
    Burning { name: "auth-errors".to_owned(), samples, burn }
}

/// What a run measured: one objective of each outcome.
fn measured() -> Vec<ObjectiveReport> {
    let one = |name: &str, measure, bound, limit, value: Option<f64>, outcome| ObjectiveReport {
        name: name.to_owned(),
        measure,
        unit: Measure::unit(measure),
        bound,
        limit,
        value,
        calls: value.map_or(0, |_| 4),
        bad: usize::from(outcome == ObjectiveOutcome::Missed),
        outcome,
        why: value.is_none().then(|| "no call that it covers showed the value".to_owned()),
        missed_by: Vec::new(),
        cause: None,
    };
    vec![
        one("auth-errors", Measure::AuthErrors, Bound::AtMost, 0.0, Some(0.25), ObjectiveOutcome::Missed),
        one("agent-response", Measure::Latency, Bound::AtMost, 5000.0, Some(212.0), ObjectiveOutcome::Met),
        one("websocket-event", Measure::FirstEvent, Bound::AtMost, 2000.0, None, ObjectiveOutcome::NotMeasured),
    ]
}

pub(super) fn untested() -> State {
    let mut target = watched("staging", 40, |_| true);
    for run in target.runs.range_mut(37..) {
        (run.end, run.scenarios, run.auth, run.requests) = (End::Untested, vec![], None, 0);
        run.error = Some("JWT_SECRET_STAGING is not set: no token can be minted".to_owned());
    }
    target.totals = Totals { passed: 37, untested: 3, ..target.totals };
    state(vec![target])
}

fn late() -> State {
    let mut state = green();
    state.every = Duration::from_secs(5);
    state.targets[0].runs.truncate(190);
    state
}

pub(super) fn state(targets: Vec<Watched>) -> State {
    State { since: minutes_ago(210), every: Duration::from_secs(60), targets }
}

fn minutes_ago(n: i64) -> Timestamp {
    now() - SignedDuration::from_mins(n) - SignedDuration::from_secs(20)
}

/// Returns a target with so many runs, one a minute. `passes` says for each whether it passed; 0 is the newest.
pub(super) fn watched(name: &str, runs: i64, passes: impl Fn(i64) -> bool) -> Watched {
    let runs: Vec<Ran> = (0..runs).rev().map(|n| ran(n, passes(n))).collect();
    let count = |end| runs.iter().filter(|run| run.end == end).count() as u64;
    let totals = Totals {
        passed: count(End::Passed),
        failed: count(End::Failed),
        untested: 0,
        requests: runs.iter().map(|run| run.requests).sum(),
    };
    let last = runs.iter().rfind(|run| run.end == End::Passed).map(|run| run.at);
    Watched { name: name.to_owned(), runs: runs.into(), totals, auth_last_success: last, ..Watched::default() }
}

/// Returns the run of so many minutes ago.
pub(super) fn ran(n: i64, passed: bool) -> Ran {
    let wave = |from: f64, by: f64| from + by * ((n * 37 % 23) as f64 / 23.0);
    let scenarios = vec![
        scenario("health", &[("live", wave(18.0, 9.0))], true),
        scenario("token-validation", &[("validate", wave(40.0, 35.0)), ("refuse-expired", wave(31.0, 4.0))], passed),
        scenario("chat-stream", &[("send", wave(900.0, 2200.0)), ("list", wave(60.0, 20.0))], passed),
    ];
    let (end, causes, accepted) = if passed { (End::Passed, vec![], 4) } else { (End::Failed, vec![mismatch()], 0) };
    Ran {
        at: minutes_ago(n),
        took_ms: wave(1400.0, 2300.0),
        end,
        error: None,
        scenarios,
        causes,
        findings: vec!["edge/no-hsts".to_owned()],
        requests: 14,
        budget_used: 0.23,
        auth: Some(AuthCalls { sent: 4, accepted }),
    }
}

fn scenario(id: &str, steps: &[(&str, f64)], passed: bool) -> ScenarioRan {
    let outcome = if passed { StepOutcome::Passed } else { StepOutcome::Failed };
    let step = |(id, took): &(&str, f64)| StepRan { id: (*id).to_owned(), outcome, took_ms: Some(*took) };
    ScenarioRan { id: id.to_owned(), outcome, steps: steps.iter().map(step).collect() }
}

fn mismatch() -> Named {
    Named {
        fault: "backend-auth/service-secret-mismatch".to_owned(),
        title: "The backend's service secret differs from the auth service's".to_owned(),
        hop: "backend → auth".to_owned(),
        certainty: Certainty::Certain,
        whys: vec![
            "Users cannot chat: the backend refuses every token with 401.".to_owned(),
            "The backend asks the auth service whether a token is valid, and gets 403.".to_owned(),
            "The auth service refuses the credentials of the backend, not the token of the user.".to_owned(),
            "The variable SERVICE_SECRET has another value in the backend's revision than in the auth service's."
                .to_owned(),
        ],
        explains: vec!["token-validation/validate".to_owned(), "chat-stream/send".to_owned()],
    }
}

fn with_past(mut target: Watched) -> Watched {
    let change = |n, kind, fault: &str| Change { at: minutes_ago(n), kind, fault: Some(fault.to_owned()) };
    let fault = "backend/handler-error";
    target.incidents.push_back(Incident {
        number: 1,
        opened: minutes_ago(61),
        cured: Some(minutes_ago(59)),
        causes: vec![Named {
            fault: fault.to_owned(),
            title: "The backend's handler fails".to_owned(),
            hop: "backend".to_owned(),
            certainty: Certainty::Likely,
            whys: vec!["The backend itself produced the 500.".to_owned()],
            explains: vec!["chat-stream/send".to_owned()],
        }],
        scenarios: vec!["chat-stream".to_owned(), "token-validation".to_owned()],
        changes: vec![change(61, ChangeKind::Opened, fault), change(59, ChangeKind::Cured, fault)],
        reasons: std::collections::BTreeSet::new(),
    });
    target
}

fn open(mut target: Watched) -> Watched {
    let number = target.incidents.len() as u64 + 1;
    let change = |n, kind, fault: &str| Change { at: minutes_ago(n), kind, fault: Some(fault.to_owned()) };
    target.incidents.push_back(Incident {
        number,
        opened: minutes_ago(11),
        cured: None,
        causes: vec![mismatch()],
        scenarios: vec!["chat-stream".to_owned(), "token-validation".to_owned()],
        changes: vec![
            change(11, ChangeKind::Opened, "unknown@auth"),
            change(10, ChangeKind::CauseChanged, "backend-auth/service-secret-mismatch"),
        ],
        reasons: std::collections::BTreeSet::new(),
    });
    target
}
