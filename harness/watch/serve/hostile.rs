//! Any state at all, with texts that a server or a careless author might bring.

use std::time::Duration;

use jiff::Timestamp;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::json;

use crate::diagnose::Certainty;
use crate::report::{ObjectiveReport, StepOutcome};
use crate::watch::state::{
    AuthCalls, Change, ChangeKind, End, Incident, Named, Ran, ScenarioRan, State, StepRan, Totals, Watched,
};

/// Texts that would be markup, a label or a line of their own, if they were not escaped.
const ATTACKS: [&str; 8] = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</title><svg/onload=alert(1)>",
    "\u{202e}reversed",
    "\"} 1\nfivewhys_up{target=\"other\"} 0\n# EOF\n",
    "back\\slash\\",
    "\u{1b}[31mred\u{0}",
    "",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![proptest::sample::select(ATTACKS.map(str::to_owned).to_vec()), any::<String>()]
}

fn at() -> impl Strategy<Value = Timestamp> {
    (Timestamp::MIN.as_second()..=Timestamp::MAX.as_second()).prop_map(|s| Timestamp::from_second(s).expect("in range"))
}

fn outcome() -> impl Strategy<Value = StepOutcome> {
    use StepOutcome::{Failed, Known, Passed, Skipped};
    proptest::sample::select(vec![Passed, Failed, Known, Skipped])
}

fn scenario() -> impl Strategy<Value = ScenarioRan> {
    let step = (text(), outcome(), option::of(any::<f64>())).prop_map(|(id, outcome, took_ms)| StepRan {
        id,
        outcome,
        took_ms,
    });
    (text(), outcome(), vec(step, 0..3)).prop_map(|(id, outcome, steps)| ScenarioRan { id, outcome, steps })
}

fn named() -> impl Strategy<Value = Named> {
    use Certainty::{Ambiguous, Certain, Likely, Unknown};
    let certainty = proptest::sample::select(vec![Certain, Likely, Ambiguous, Unknown]);
    (text(), text(), text(), certainty, vec(text(), 0..3), vec(text(), 0..13)).prop_map(
        |(fault, title, hop, certainty, whys, explains)| Named { fault, title, hop, certainty, whys, explains },
    )
}

fn ran() -> impl Strategy<Value = Ran> {
    let end = proptest::sample::select(vec![End::Passed, End::Failed, End::Untested]);
    let auth = option::of((0..9_u64, 0..9_u64).prop_map(|(sent, accepted)| AuthCalls { sent, accepted }));
    let parts = (at(), any::<f64>(), end, option::of(text()), vec(scenario(), 0..3), vec(text(), 0..3));
    (parts, any::<u32>(), any::<f64>(), auth).prop_map(
        |((at, took_ms, end, error, scenarios, findings), requests, budget_used, auth)| Ran {
            at,
            took_ms,
            end,
            error,
            scenarios,
            causes: vec![],
            findings,
            requests: requests.into(),
            budget_used,
            auth,
        },
    )
}

fn incident() -> impl Strategy<Value = Incident> {
    let kind = proptest::sample::select(vec![ChangeKind::Opened, ChangeKind::CauseChanged, ChangeKind::Cured]);
    let change = (at(), kind, option::of(text())).prop_map(|(at, kind, fault)| Change { at, kind, fault });
    (any::<u32>(), at(), option::of(at()), vec(named(), 0..3), vec(text(), 0..13), vec(change, 0..3)).prop_map(
        |(number, opened, cured, causes, scenarios, changes)| {
            let incident = json!({
                "number": number, "opened": opened, "cured": cured, "causes": causes, "scenarios": scenarios, "changes": changes,
            });
            serde_json::from_value::<Incident>(incident).expect("an incident")
        },
    )
}

fn watched() -> impl Strategy<Value = Watched> {
    let totals = any::<[u32; 4]>().prop_map(|[passed, failed, untested, requests]| Totals {
        passed: passed.into(),
        failed: failed.into(),
        untested: untested.into(),
        requests: requests.into(),
    });
    (text(), vec(ran(), 0..4), vec(incident(), 0..3), totals, option::of(at())).prop_map(
        |(name, runs, incidents, totals, auth_last_success)| Watched {
            runs: runs.into(),
            incidents: incidents.into(),
            totals,
            auth_last_success,
            objectives: Vec::new(),
            measured: vec![measured(&name)],
            name,
        },
    )
}

/// Returns an objective with this text as its name, and as the reason why nothing was measured.
fn measured(text: &str) -> ObjectiveReport {
    let objective = json!({
        "name": text, "measure": "latency", "unit": "ms", "bound": "at-most", "limit": 5000.0, "calls": 0, "bad": 0,
        "outcome": "not-measured", "why": text,
    });
    serde_json::from_value(objective).expect("an objective")
}

/// Returns any state: no field fits another.
pub(super) fn any_state() -> impl Strategy<Value = State> {
    (at(), any::<u64>(), vec(watched(), 0..3)).prop_map(|(since, every, targets)| State {
        since,
        every: Duration::from_secs(every),
        targets,
    })
}
