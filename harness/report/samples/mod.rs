//! Reports to render in tests, one for each kind of run.
//!
//! - `causes`, `passage`, `probe`: parts of a report
//! - `objectives`: missed objectives, and links to traces
//! - `load`: a run with many users
//! - `gate`: flaky and interrupted runs, shards, roll backs
//!
//! Invariant: compiled for tests only.

use crate::diagnose::Finding;
use crate::report::{
    ExitReport, Explained, Moment, PageReport, Reach, Report, RunOutcome, SCHEMA, ScenarioReport, StepOutcome,
    StepReport, System, Timing, Unread,
};

mod causes;
mod gate;
mod load;
mod objectives;
mod passage;
mod probe;

pub(crate) use causes::{ambiguous_cause, certain_cause, proof};
pub(crate) use gate::{beside_a_baseline, flaky, interrupted, not_shown, not_the_deploy, part, rolled_back, undecided};
pub(crate) use load::many_users;
pub(crate) use objectives::objectives;
pub(crate) use probe::probe;

/// Each kind of run with its name, for the snapshots of each format.
#[rstest_reuse::template]
#[rstest::rstest]
#[case::passed("passed", samples::passed())]
#[case::passed_with_finding("passed_with_finding", samples::passed_with_finding())]
#[case::findings_only("findings_only", samples::findings_only())]
#[case::certain("certain", samples::certain())]
#[case::ambiguous("ambiguous", samples::ambiguous())]
#[case::unknown("unknown", samples::unknown())]
#[case::two_causes("two_causes", samples::two_causes())]
#[case::accepted_control("accepted_control", samples::accepted_control())]
#[case::known_failure("known_failure", samples::known_failure())]
#[case::flaky("flaky", samples::flaky())]
#[case::interrupted("interrupted", samples::interrupted())]
#[case::beside_a_baseline("beside_a_baseline", samples::beside_a_baseline())]
#[case::part("part", samples::part())]
#[case::explained("explained", samples::explained())]
#[case::rolled_back("rolled_back", samples::rolled_back())]
#[case::not_the_deploy("not_the_deploy", samples::not_the_deploy())]
#[case::not_shown("not_shown", samples::not_shown())]
#[case::undecided("undecided", samples::undecided())]
#[case::objectives("objectives", samples::objectives())]
#[case::many_users("many_users", samples::many_users())]
pub(crate) fn every_kind_of_run(#[case] name: &str, #[case] report: Report) {}

/// Every sample.
pub(crate) fn all() -> Vec<Report> {
    let verdicts = [certain(), ambiguous(), unknown(), two_causes(), accepted_control()];
    let around = [
        flaky(),
        interrupted(),
        beside_a_baseline(),
        part(),
        rolled_back(),
        not_the_deploy(),
        undecided(),
        not_shown(),
    ];
    [passed(), passed_with_finding(), findings_only(), known_failure()]
        .into_iter()
        .chain(verdicts)
        .chain(around)
        .chain([many(), objectives(), many_users(), explained()])
        .collect()
}

/// What `fivewhys explain` makes of a recording.
pub(crate) fn explained() -> Report {
    let moment =
        Moment { at: jiff::Timestamp::UNIX_EPOCH, says: "the first failure: GET /v1/me: status 503".to_owned() };
    let assumptions = vec!["No target file was given.".to_owned()];
    Report { explained: Some(Explained { timeline: vec![moment], assumptions }), ..ambiguous() }
}

/// Every step passed.
pub(crate) fn passed() -> Report {
    Report {
        schema: SCHEMA.to_owned(),
        version: "0.1.0".to_owned(),
        target: "offline".to_owned(),
        system: Some(System {
            backend: "https://api.example.test".to_owned(),
            browser: Some(PageReport { origin: "https://app.example.test".to_owned(), credentials: true }),
        }),
        evidence: ["edge", "auth", "service-credentials", "manifest", "logs"].map(str::to_owned).to_vec(),
        proxy: None,
        reach: Reach::default(),
        outcome: RunOutcome::Passed,
        scenarios: scenarios(),
        objectives: Vec::new(),
        causes: Vec::new(),
        passages: Vec::new(),
        findings: Vec::new(),
        probes: vec![probe()],
        unread: Vec::new(),
        published: None,
        shard: None,
        kept: None,
        interrupted: None,
        baseline: None,
        gate: None,
        explained: None,
        load: None,
        deployed: Vec::new(),
        timing: Timing {
            started_at: jiff::Timestamp::UNIX_EPOCH,
            total_ms: 912.4,
            scenarios_ms: 610.0,
            diagnosis_ms: 0.0,
            scenario_probes: 8,
            diagnosis_probes: 0,
            held_back_ms: 0.0,
        },
        exit: ExitReport { code: 0, meaning: "passed".to_owned() },
    }
}

/// Passed, with a finding, evidence that is not granted, a known failure and an unread log.
pub(crate) fn passed_with_finding() -> Report {
    let mut report = passed();
    report.evidence = vec!["edge".to_owned(), "logs".to_owned()];
    skip(&mut report.scenarios[3].steps, "the evidence auth is not granted");
    report.scenarios[3].outcome = StepOutcome::Skipped;
    skip(&mut report.scenarios[2].steps[1..], "no thread_id was captured by send");
    let known = &mut report.scenarios[1];
    known.outcome = StepOutcome::Known;
    known.steps[0].outcome = StepOutcome::Known;
    known.steps[0].because = vec!["the stream sends no terminal event (netra 4411), until 2026-12-31".to_owned()];
    report.findings = vec![Finding {
        id: "unauthenticated-callers".to_owned(),
        title: "The auth service validates tokens for callers without credentials".to_owned(),
        evidence: vec![proof("POST /auth/validate without service headers: 200, valid true", Some(1))],
        fails: false,
    }];
    let why = "gcloud logging read ended with 1: permission denied on project netra-staging".to_owned();
    report.unread = vec![Unread { evidence: "logs".to_owned(), why }];
    report
}

/// Passed, with a finding and nothing else.
pub(crate) fn findings_only() -> Report {
    Report { findings: passed_with_finding().findings, ..passed() }
}

/// Passed, except for a failure that the target file lists as known.
pub(crate) fn known_failure() -> Report {
    let mut report = passed();
    report.scenarios[1] = passed_with_finding().scenarios.swap_remove(1);
    report
}

/// One certain cause of two failures.
pub(crate) fn certain() -> Report {
    let mut report = failed();
    report.causes = vec![certain_cause()];
    report.passages = vec![passage::of(0, &report.causes[0])];
    report.exit = ExitReport { code: 1, meaning: "the cause was found".to_owned() };
    report
}

/// Six candidates remain.
pub(crate) fn ambiguous() -> Report {
    let mut report = failed();
    report.evidence = vec!["edge".to_owned(), "auth".to_owned()];
    report.causes = vec![ambiguous_cause()];
    report.passages = vec![passage::of(0, &report.causes[0])];
    report
}

/// Only the hop is known.
pub(crate) fn unknown() -> Report {
    let mut report = failed();
    report.causes = vec![causes::unknown_cause()];
    report.passages = vec![passage::of(0, &report.causes[0])];
    report
}

/// Two causes, and a failure that no cause explains.
pub(crate) fn two_causes() -> Report {
    let mut report = failed();
    report.scenarios[2].steps[1].outcome = StepOutcome::Failed;
    report.scenarios[2].steps[1].because =
        vec!["expected status 200, got 404".to_owned(), "no message is listed".to_owned()];
    let mut second = causes::unknown_cause();
    second.explains = vec!["chat-messages/send".to_owned()];
    let mut first = certain_cause();
    first.explains = vec!["chat-stream/send".to_owned()];
    report.passages = vec![passage::of(0, &first), passage::of(1, &second)];
    report.causes = vec![first, second];
    report
}

/// A negative control was accepted: no cause, but a finding that fails the run.
pub(crate) fn accepted_control() -> Report {
    let mut report = passed();
    report.outcome = RunOutcome::Failed;
    fail(&mut report.scenarios[1], 1, "expected the token wrong-key to be refused, got 200");
    report.findings = vec![Finding {
        id: "auth-bypass".to_owned(),
        title: "A token signed with an unknown key is accepted".to_owned(),
        evidence: vec![
            proof("POST /api/chat/stream with a wrong-key token: 200, stream_complete", Some(7)),
            proof("the same call with a valid token: 200, stream_complete", Some(2)),
        ],
        fails: true,
    }];
    report.exit = ExitReport { code: 1, meaning: "a negative control was accepted".to_owned() };
    report
}

/// Three hundred failures of one cause.
pub(crate) fn many() -> Report {
    let mut report = certain();
    report.scenarios = vec![scenario("load", "Three hundred users can stream", &[])];
    let steps = (1..=300).map(|n| step(&format!("send-{n}"), "POST /api/chat/stream", n));
    report.scenarios[0].steps = steps.collect();
    (0..300).for_each(|n| fail(&mut report.scenarios[0], n, "expected status 200, got 403"));
    report.causes[0].explains = (1..=300).map(|n| format!("load/send-{n}")).collect();
    report
}

fn failed() -> Report {
    let mut report = passed();
    report.outcome = RunOutcome::Failed;
    fail(&mut report.scenarios[1], 0, "expected status 200, got 403");
    fail(&mut report.scenarios[2], 0, "expected status 200, got 403");
    skip(&mut report.scenarios[2].steps[1..], "no thread_id was captured by send");
    report.exit = ExitReport { code: 3, meaning: "the cause was not found".to_owned() };
    report
}

fn scenarios() -> Vec<ScenarioReport> {
    vec![
        scenario("health", "Both services answer, each at its own address", &["GET /health", "GET /auth/health"]),
        scenario("chat-stream", "A message can be streamed", &["POST /api/chat/stream", "POST /api/chat/stream"]),
        scenario(
            "chat-messages",
            "A message can be posted, listed and read back",
            &["POST /api/chat/messages", "GET /api/chat/messages"],
        ),
        scenario(
            "token-validation",
            "The auth service knows its own tokens",
            &["POST /auth/validate", "POST /auth/verify"],
        ),
    ]
}

fn scenario(id: &str, title: &str, calls: &[&str]) -> ScenarioReport {
    let names = ["send", "refuse-wrong-key"];
    let steps = calls.iter().zip(names).zip(12..).map(|((call, name), line)| step(name, call, line));
    ScenarioReport {
        id: id.to_owned(),
        title: title.to_owned(),
        outcome: StepOutcome::Passed,
        steps: steps.collect(),
        cause: None,
    }
}

fn step(id: &str, call: &str, line: usize) -> StepReport {
    StepReport {
        id: id.to_owned(),
        endpoint: "backend.chat-stream".to_owned(),
        call: call.to_owned(),
        outcome: StepOutcome::Passed,
        exchange: Some(7),
        because: Vec::new(),
        tries: Vec::new(),
        flaky: false,
        already: false,
        source: format!("scenarios/chat.toml:{line}"),
        took_ms: Some(31.5),
        trace_url: None,
    }
}

fn fail(scenario: &mut ScenarioReport, step: usize, because: &str) {
    scenario.outcome = StepOutcome::Failed;
    scenario.cause = Some(0);
    scenario.steps[step].outcome = StepOutcome::Failed;
    scenario.steps[step].because = vec![because.to_owned()];
}

fn skip(steps: &mut [StepReport], because: &str) {
    for step in steps {
        step.outcome = StepOutcome::Skipped;
        step.because = vec![because.to_owned()];
        step.exchange = None;
        step.took_ms = None;
    }
}
