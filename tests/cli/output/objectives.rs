//! Objectives and links to traces, in the reports of whole runs.

use fivewhys::internal::report::{ObjectiveOutcome, Report, RunOutcome, StepOutcome};

use crate::support::program::{FEW, run, stderr, stdout};

fn report(more: &[&str]) -> Report {
    let output = run([&["smoke", "--format", "json"], &FEW[..], more].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no report: {}", stderr(&output)))
}

/// An objective that no run can meet: a call takes longer than a nanosecond.
const UNMEETABLE: [&str; 6] = [
    "--set",
    "objectives.fast.measure=latency",
    "--set",
    "objectives.fast.at_most=1ns",
    "--set",
    "trace_url=https://t.example/trace/{trace_id}",
];

#[test]
fn a_healthy_run_meets_what_it_measures() {
    let report = report(&[]);
    assert_eq!(report.outcome, RunOutcome::Passed);
    let outcomes: Vec<(&str, ObjectiveOutcome)> =
        report.objectives.iter().map(|one| (one.name.as_str(), one.outcome)).collect();
    let none = ObjectiveOutcome::NotMeasured;
    let expected = [("service-auth", ObjectiveOutcome::Met), ("agent-response", none), ("websocket-event", none)];
    assert_eq!(outcomes, expected);
    let steps = &report.scenarios.last().expect("the objectives").steps;
    let outcomes: Vec<StepOutcome> = steps.iter().map(|step| step.outcome).collect();
    assert_eq!(outcomes, [StepOutcome::Passed, StepOutcome::Skipped, StepOutcome::Skipped]);
}

#[test]
fn a_missed_objective_alone_fails_the_run_and_has_no_cause() {
    let output = run([&["smoke"], &FEW[..], &UNMEETABLE[..]].concat());
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("objectives/fast") && said.contains("1 missed objective"), "{said}");
    let report = report(&UNMEETABLE);
    assert!(report.causes.is_empty() && report.objectives.iter().all(|one| one.cause.is_none()));
}

#[test]
fn the_cause_of_the_failed_calls_explains_the_objective_and_their_traces_are_linked() {
    let report = report(&[&["--fault", "backend-auth/service-secret-mismatch"], &UNMEETABLE[4..]].concat());
    let auth = &report.objectives[0];
    assert_eq!((auth.outcome, auth.cause), (ObjectiveOutcome::Missed, Some(0)));
    assert!(report.causes[0].explains.contains(&"objectives/service-auth".to_owned()));
    let failed = report.scenarios.iter().flat_map(|scenario| &scenario.steps);
    let failed = failed.filter(|step| step.outcome == StepOutcome::Failed && step.exchange.is_some());
    for step in failed {
        let sent = report.probes.iter().find(|probe| Some(probe.exchange.id) == step.exchange).expect("a probe");
        let url = format!("https://t.example/trace/{}", sent.exchange.trace_id);
        assert_eq!(step.trace_url.as_ref(), Some(&url));
    }
}

#[test]
fn mistakes_in_objectives_are_shown_where_they_are() {
    for (set, says) in [
        ("objectives.fast.at_most=5s", "has no `measure`"),
        ("objectives.agent-response.endpoint=backend.agents", "covers the unknown endpoint"),
        ("objectives.agent-response.at_most=soon", "neither a percentage"),
        ("trace_url=https://t.example/", "contains `{trace_id}`"),
    ] {
        let output = run(["smoke", "--set", set]);
        assert_eq!(output.status.code(), Some(2), "{set}");
        assert!(stderr(&output).contains(says), "{set}: {}", stderr(&output));
    }
}

#[cfg(not(feature = "otlp"))]
#[test]
fn a_build_without_the_exporter_says_so() {
    let output = run(["smoke", "--otlp", "http://127.0.0.1:1"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("feature `otlp`"), "{}", stderr(&output));
}

#[cfg(feature = "otlp")]
#[test]
fn a_collector_that_does_not_answer_changes_no_exit_code() {
    let output = run([&["smoke", "--otlp", "http://127.0.0.1:1"], &FEW[..]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("cannot export the spans"), "{}", stderr(&output));
}
