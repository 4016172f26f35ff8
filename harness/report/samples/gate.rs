//! Samples of flaky and interrupted runs, comparisons, shards and roll backs.

use crate::report::samples::{certain, passed, skip};
use crate::report::{
    Advice, BaselineReport, CommandRun, ExitReport, GateReport, Report, Revision, RevisionEvidence, RevisionProof,
    RevisionShare, RollBack, RolledBack, RunOutcome, SecondSmoke, Shard, Signal, StepOutcome, Tested, TestedRevision,
    Try,
};

/// Passed, one step only on the third try.
pub(crate) fn flaky() -> Report {
    let mut report = passed();
    let step = &mut report.scenarios[1].steps[0];
    step.flaky = true;
    let once = |after: &str, waited_ms| Try { exchange: 7, after: after.to_owned(), waited_ms };
    step.tries = vec![once("status 503", 500), once("connection_terminated", 1000)];
    report
}

/// Interrupted while a stream was open.
pub(crate) fn interrupted() -> Report {
    let mut report = passed();
    report.outcome = RunOutcome::Failed;
    report.interrupted = Some(Signal::Interrupt);
    skip(&mut report.scenarios[1].steps[..1], "SIGINT ended the run while it was under way");
    skip(&mut report.scenarios[1].steps[1..], "SIGINT ended the run");
    for scenario in &mut report.scenarios[2..] {
        skip(&mut scenario.steps, "SIGINT ended the run");
    }
    report.scenarios[1..].iter_mut().for_each(|scenario| scenario.outcome = StepOutcome::Skipped);
    report.exit = ExitReport { code: 130, meaning: "SIGINT ended the run before its time".to_owned() };
    report
}

/// One failure is new since an earlier run, and one failed in it too.
pub(crate) fn beside_a_baseline() -> Report {
    let mut report = certain();
    report.scenarios[1].steps[0].already = true;
    report.baseline = Some(BaselineReport {
        started_at: jiff::Timestamp::UNIX_EPOCH,
        new: vec!["chat-messages/send".to_owned()],
        already: vec!["chat-stream/send".to_owned()],
        gone: vec!["health/send".to_owned()],
        known_causes: vec!["backend-auth/service-secret-mismatch".to_owned()],
        anything_new: true,
        new_only: true,
    });
    report
}

/// Rolled back on the advice, and the second smoke passed.
pub(crate) fn rolled_back() -> Report {
    let mut report = certain();
    let (from, to) = ("netra-backend-staging-00639-g4g", "netra-backend-staging-00611-cr5");
    let command = format!("gcloud run services update-traffic netra-backend-staging --to-revisions={to}=100");
    let run = CommandRun {
        service: "backend".to_owned(),
        command: "ci/shift-back.sh".to_owned(),
        succeeded: true,
        ended: "exit status: 0".to_owned(),
        output: "Updating traffic...\nDone.\nTraffic: 100% netra-backend-staging-00611-cr5\n".to_owned(),
    };
    let second =
        SecondSmoke { outcome: RunOutcome::Passed, steps: 8, failed: Vec::new(), causes: Vec::new(), total_ms: 871.0 };
    report.gate = Some(GateReport {
        advice: Advice::RollBack,
        reasons: vec![format!(
            "a roll back may cure backend-auth/service-secret-mismatch: a deploy of backend or auth can cause it, and by its manifest {to} did not have it"
        )],
        deployed: vec![revision("backend", from)],
        previous: vec![revision("backend", to)],
        commands: vec![RollBack { service: "backend".to_owned(), from: from.to_owned(), to: to.to_owned(), command }],
        rolled_back: Some(RolledBack { runs: vec![run], second: Some(second) }),
    });
    report.deployed = vec![tested(Tested::Proven, RevisionShare::All, "the request log (12 requests)")];
    report.exit.meaning.push_str("; rolled back, and the second smoke passed");
    report
}

/// Not to be rolled back: the deploy cannot have caused it.
pub(crate) fn not_the_deploy() -> Report {
    let mut report = certain();
    report.gate = Some(GateReport {
        advice: Advice::DoNot,
        reasons: vec![
            "a roll back does not cure backend-auth/service-secret-mismatch: only a deploy of backend or auth can cause it, and what was deployed is frontend"
                .to_owned(),
        ],
        deployed: vec![revision("frontend", "netra-frontend-00012-abc")],
        previous: Vec::new(),
        commands: Vec::new(),
        rolled_back: None,
    });
    let meaning = "nothing that may have caused it was deployed: do not roll back".to_owned();
    report.exit = ExitReport { code: 4, meaning };
    report
}

/// Undecided: the service that was not deployed may have changed.
pub(crate) fn undecided() -> Report {
    let mut report = not_the_deploy();
    let gate = report.gate.as_mut().expect("it has one");
    gate.advice = Advice::Undecided;
    gate.deployed = vec![revision("backend", "netra-backend-staging-00639-g4g")];
    gate.previous = vec![revision("backend", "netra-backend-staging-00611-cr5")];
    report.deployed = vec![tested(Tested::Other, RevisionShare::None, "the manifest sends all traffic to b-00611-cr5")];
    gate.reasons = vec![
        "a roll back may or may not cure backend-auth/service-secret-mismatch: a deploy of backend or auth can cause it, and auth may be what changed, though this deploy left it alone; the manifest of netra-backend-staging-00611-cr5 would tell: `--previous backend=FILE.json`"
            .to_owned(),
    ];
    report.exit = ExitReport { code: 1, meaning: "the cause was found".to_owned() };
    report
}

/// Passed, and nothing shows which revision answered.
pub(crate) fn not_shown() -> Report {
    let nothing = TestedRevision { proof: Vec::new(), ..tested(Tested::NotShown, RevisionShare::None, "") };
    Report { deployed: vec![nothing], ..passed() }
}

/// The second of three shards. One step failed on every try.
pub(crate) fn part() -> Report {
    let mut report = certain();
    report.shard = Some(Shard { index: 2, count: 3 });
    report.scenarios[1].steps[0].tries = vec![Try { exchange: 7, after: "status 503".to_owned(), waited_ms: 500 }];
    report
}

fn revision(service: &str, revision: &str) -> Revision {
    Revision { service: service.to_owned(), revision: revision.to_owned() }
}

fn tested(result: Tested, share: RevisionShare, says: &str) -> TestedRevision {
    let proof = vec![RevisionProof { by: RevisionEvidence::Manifest, share, says: says.to_owned() }];
    let revision = "netra-backend-staging-00639-g4g".to_owned();
    TestedRevision { service: "backend".to_owned(), revision, result, proof }
}
