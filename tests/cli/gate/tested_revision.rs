//! Whether the run tested the deployed revision: by the manifest, the request log, and the responses.

use fivewhys::internal::report::{Advice, Report, RevisionEvidence, RunOutcome, Tested};
use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::fetch::fetch;
use crate::support::program::{FEW, TwinProcess, fivewhys, run, stderr, stdout};
use crate::support::server::{Answer, Server};

const NEW: &str = "netra-backend-staging-00639-g4g";
const OLD: &str = "netra-backend-staging-00611-cr5";
const DEPLOYED: &str = "backend=netra-backend-staging-00639-g4g";
const OTHER: &str = "other-revision-tested";
const NOT_SHOWN: &str = "deployed-revision-not-shown";

fn driven(arguments: &[&str]) -> (Report, Option<i32>) {
    let output = run([&["smoke", "--format", "json"], &FEW[..], arguments].concat());
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    (report, output.status.code())
}

fn fails(report: &Report, id: &str) -> Option<bool> {
    report.findings.iter().find(|finding| finding.id == id).map(|finding| finding.fails)
}

/// A twin without a fault, and a manifest of its backend with this traffic.
struct Pinned {
    twin: TwinProcess,
    folder: TempDir,
    manifest: String,
}

impl Pinned {
    fn to(traffic: &Value) -> Self {
        let (twin, folder) = (TwinProcess::start(&[]), tempfile::tempdir().expect("a folder"));
        let printed = twin.printed();
        let url = printed.split_whitespace().find(|word| word.ends_with("backend.json")).expect("the twin prints it");
        let mut manifest: Value = serde_json::from_str(&fetch(url)).expect("a manifest");
        manifest["status"]["traffic"] = traffic.clone();
        let file = folder.path().join("pinned.json");
        std::fs::write(&file, manifest.to_string()).expect("a file");
        let manifest = format!("backend={}", file.display());
        Self { twin, folder, manifest }
    }

    fn smoke(&self, format: &str, more: &[&str]) -> (String, Option<i32>) {
        let config = self.twin.target().display().to_string();
        let head = ["--config", &config, "smoke", "--format", format, "--manifest", &self.manifest];
        let output = run([&head[..], &FEW, &["--deployed", DEPLOYED], more].concat());
        (stdout(&output).to_owned(), output.status.code())
    }

    fn report(&self, more: &[&str]) -> (Report, Option<i32>) {
        let (text, code) = self.smoke("json", more);
        (serde_json::from_str(&text).expect("a report"), code)
    }
}

#[test]
fn the_manifest_and_the_log_prove_a_run_in_which_every_call_passed() {
    let (report, code) = driven(&["--deployed", DEPLOYED]);
    assert_eq!((report.outcome, code), (RunOutcome::Passed, Some(0)), "{:?}", report.findings);
    let [one] = report.deployed.as_slice() else { panic!("{:?}", report.deployed) };
    assert_eq!((one.revision.as_str(), one.result), (NEW, Tested::Proven), "{one:?}");
    let by: Vec<RevisionEvidence> = one.proof.iter().map(|proof| proof.by).collect();
    assert_eq!(by, [RevisionEvidence::Manifest, RevisionEvidence::RequestLog]);
    assert!(one.proof[1].says.starts_with("the request log ("), "{one:?}");
}

#[test]
fn the_page_says_that_it_was_tested() {
    let output = run([&["smoke"], &FEW[..], &["--deployed", DEPLOYED]].concat());
    let text = stdout(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    let says = format!("tested: backend {NEW}, by the manifest (100 % of the traffic) and the request log (");
    assert!(text.contains(&says), "{text}");
}

#[test]
fn without_a_deploy_nothing_is_said() {
    let output = run([&["smoke", "--format", "json"], &FEW[..]].concat());
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    assert_eq!((output.status.code(), report.get("deployed")), (Some(0), None));
}

#[rstest]
#[case::an_older_one(json!([{ "revisionName": OLD, "percent": 100 }]), "the manifest sends all traffic to netra-backend-staging-00611-cr5")]
#[case::a_split(json!([{ "revisionName": NEW, "percent": 50 }, { "revisionName": OLD, "percent": 50 }]), "50 % to netra-backend-staging-00611-cr5")]
fn another_revision_fails_the_run_although_every_call_passed(#[case] traffic: Value, #[case] says: &str) {
    let pinned = Pinned::to(&traffic);
    let (report, code) = pinned.report(&["--evidence", "edge", "--previous", &format!("backend={OLD}")]);
    assert_eq!((report.outcome, code), (RunOutcome::Failed, Some(1)), "{:?}", report.findings);
    assert!(report.causes.is_empty(), "every call passed");
    assert_eq!((report.deployed[0].result, fails(&report, OTHER)), (Tested::Other, Some(true)));
    assert!(report.deployed[0].proof[0].says.contains(says), "{:?}", report.deployed);
    let gate = report.gate.expect("advice");
    assert_eq!((gate.advice, gate.reasons.is_empty()), (Advice::Undecided, false));
    assert!(report.exit.meaning.starts_with("not tested: another revision"), "{}", report.exit.meaning);
    let (page, _) = pinned.smoke("human", &["--evidence", "edge"]);
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains(&format!("not tested: backend {NEW}: the manifest")), "{page}");
}

#[test]
fn a_log_of_another_revision_outweighs_the_manifest() {
    let (report, code) = driven(&["--deployed", "backend=netra-backend-staging-00640-new", "--evidence", "edge,logs"]);
    assert_eq!(code, Some(1), "{:?}", report.findings);
    let proof = &report.deployed[0].proof;
    assert_eq!((proof.len(), proof[0].by), (1, RevisionEvidence::RequestLog), "{proof:?}");
    assert!(proof[0].says.contains("netra-backend-staging-00639-g4g served"), "{proof:?}");
}

#[rstest]
#[case::by_itself(&[], Some(0), false)]
#[case::the_operator_wants_proof(&["--fail-on", NOT_SHOWN], Some(1), true)]
fn without_evidence_nothing_is_shown(#[case] more: &[&str], #[case] code: Option<i32>, #[case] does_fail: bool) {
    let (report, exit) = driven(&[&["--deployed", DEPLOYED, "--evidence", "edge"], more].concat());
    assert_eq!((exit, report.deployed[0].result), (code, Tested::NotShown), "{:?}", report.findings);
    assert_eq!(fails(&report, NOT_SHOWN), Some(does_fail));
    let finding = report.findings.iter().find(|finding| finding.id == NOT_SHOWN).expect("the finding");
    for way in ["--manifest backend=FILE", "--logs backend=FILE", "[target.offline.version]"] {
        assert!(finding.evidence.iter().any(|proof| proof.says.contains(way)), "{way}: {:#?}", finding.evidence);
    }
}

#[rstest]
#[case::header("version.header=x-revision", "g4g", Tested::Proven, Some(0))]
#[case::another_header("version.header=x-revision", "netra-backend-staging-00611-cr5", Tested::Other, Some(1))]
#[case::json("version.json=$.version", "netra-backend-staging-00639-g4g", Tested::Proven, Some(0))]
#[case::another_json("version.json=$.version", "00611-cr5", Tested::Other, Some(1))]
fn a_response_names_its_revision(
    #[case] place: &str,
    #[case] value: &'static str,
    #[case] result: Tested,
    #[case] code: Option<i32>,
) {
    let server = Server::start(move |_| {
        let body = json!({ "status": "healthy", "service": "netra-ai-platform", "version": value });
        Answer::http(
            "200 OK",
            &[("Content-Type", "application/json"), ("X-Revision", value)],
            body.to_string().as_bytes(),
        )
    });
    let mut command = fivewhys(["smoke", "--target", "staging", "--format", "json", "--evidence", "edge"]);
    command.args(["--scenario", "health", "--deployed", DEPLOYED, "--set", place]);
    for (name, scheme) in [("backend", "http"), ("auth", "http"), ("websocket", "ws")] {
        command.args(["--set", &format!("{name}={scheme}://{}", server.address)]);
    }
    let secret = "a signing secret of more than 32 bytes";
    let output = command.env("JWT_SECRET_STAGING", secret).output().expect("it starts");
    let report: Report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    assert_eq!(report.deployed[0].result, result, "{:?}", report.deployed);
    assert_eq!(output.status.code(), code, "{:?} {:?}", report.findings, report.exit);
}

#[rstest]
#[case::an_older_one(json!([{ "revisionName": OLD, "percent": 100 }]))]
#[case::a_split(json!([{ "revisionName": NEW, "percent": 50 }, { "revisionName": OLD, "percent": 50 }]))]
fn a_baseline_with_the_same_finding_excuses_nothing(#[case] traffic: Value) {
    let pinned = Pinned::to(&traffic);
    let (text, _) = pinned.smoke("json", &["--evidence", "edge"]);
    let file = pinned.folder.path().join("baseline.json");
    std::fs::write(&file, text).expect("a file");
    let again = ["--evidence", "edge", "--new-only", "--baseline", &file.display().to_string()];
    assert_eq!(pinned.report(&again).1, Some(1));
}
