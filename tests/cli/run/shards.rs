//! A run in parts, and the parts merged: the same as one run.

use std::path::{Path, PathBuf};

use fivewhys::internal::report::{Report, Signal, StepOutcome};
use rstest::rstest;

use crate::support::program::{FEW, TwinProcess, fivewhys, run, stderr, stdout};

fn shard(folder: &Path, name: &str, arguments: &[&str]) -> PathBuf {
    let output = run([&["smoke", "--format", "json"], arguments].concat());
    assert!(!output.stdout.is_empty(), "{}", stderr(&output));
    let file = folder.join(format!("{name}.json"));
    std::fs::write(&file, &output.stdout).expect("a file");
    file
}

/// Both halves of a run.
fn halves(folder: &Path, arguments: &[&str]) -> [PathBuf; 2] {
    [("a", "1/2"), ("b", "2/2")].map(|(name, part)| shard(folder, name, &[arguments, &["--shard", part]].concat()))
}

fn merged(files: &[PathBuf], more: &[&str]) -> Report {
    let mut command = fivewhys(["merge", "--format", "json"]);
    let output = command.args(files).args(more).output().expect("it starts");
    let report: Report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    assert_eq!(output.status.code(), Some(i32::from(report.exit.code)));
    report
}

type Shape =
    (Vec<String>, Vec<(String, StepOutcome)>, Vec<(String, String, Vec<String>, Vec<String>)>, Vec<String>, u8);

/// What a report says, without what differs from run to run.
fn shape(report: &Report) -> Shape {
    let steps = report.scenarios.iter().flat_map(|one| one.steps.iter().map(move |step| (&one.id, step)));
    let causes = report.causes.iter().map(|cause| {
        let others = cause.alternatives.iter().map(|other| other.fault.clone()).collect();
        (cause.fault.clone(), cause.certainty.to_string(), others, cause.explains.clone())
    });
    (
        report.scenarios.iter().map(|one| one.id.clone()).collect(),
        steps.map(|(scenario, step)| (format!("{scenario}/{}", step.id), step.outcome)).collect(),
        causes.collect(),
        report.findings.iter().map(|finding| finding.id.clone()).collect(),
        report.exit.code,
    )
}

fn whole(arguments: &[&str]) -> Report {
    let output = run([&["smoke", "--format", "json"], arguments].concat());
    serde_json::from_slice(&output.stdout).expect("a report")
}

const MISMATCH: &str = "backend-auth/service-secret-mismatch";

#[rstest]
#[case::passed(&FEW)]
#[case::one_cause(&["--fault", "backend-auth/service-secret-mismatch"])]
#[case::another_dialect(&["--scenario", "threads", "--scenario", "chat-messages", "--fault", "backend-auth/service-secret-missing", "--dialect", "observed"])]
#[case::open(&["--fault", "backend-auth/service-secret-mismatch", "--evidence", "edge,auth"])]
#[case::at_the_edge(&["--scenario", "threads", "--scenario", "chat-messages", "--fault", "edge/strips-authorization"])]
fn merged_shards_give_the_report_of_one_run(#[case] arguments: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let report = merged(&halves(folder.path(), arguments), &[]);
    assert_eq!(shape(&report), shape(&whole(arguments)));
}

#[test]
fn exchanges_are_numbered_anew_and_every_reference_follows() {
    let folder = tempfile::tempdir().expect("a folder");
    let report = merged(&halves(folder.path(), &["--fault", "backend-auth/service-secret-mismatch"]), &[]);
    let ids: Vec<u32> = report.probes.iter().map(|probe| probe.exchange.id).collect();
    assert_eq!(ids, (1..=u32::try_from(ids.len()).expect("few")).collect::<Vec<_>>());
    for scenario in &report.scenarios {
        for step in scenario.steps.iter().filter(|step| step.exchange.is_some()) {
            let of = report.probes.iter().find(|probe| Some(probe.exchange.id) == step.exchange).expect("its probe");
            assert_eq!(of.exchange.step, Some(format!("{}/{}", scenario.id, step.id)));
        }
    }
    let seen = report.probes.iter().filter_map(|probe| Some((probe.observation.as_ref()?, probe.exchange.id)));
    assert!(seen.into_iter().all(|(observation, id)| observation.exchange == id));
}

#[test]
fn two_shards_against_one_deployment_are_one_run_of_it() {
    let twin = TwinProcess::start(&["--fault", "auth/down"]);
    let (folder, config) = (tempfile::tempdir().expect("a folder"), twin.target().display().to_string());
    let report = merged(&halves(folder.path(), &[&FEW[..], &["--config", &config]].concat()), &["--config", &config]);
    assert_eq!((report.causes[0].fault.as_str(), report.exit.code), ("auth/down", 1));
}

#[test]
fn a_merge_is_gated_as_a_run_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = halves(folder.path(), &[&["--fault", "backend-auth/service-secret-mismatch"], &FEW[..]].concat());
    assert_eq!(merged(&files, &["--deployed", "frontend=x"]).exit.code, 4);
}

#[test]
fn a_merge_is_shown_as_a_run_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = halves(folder.path(), &[&["--fault", "backend-auth/service-secret-mismatch"], &FEW[..]].concat());
    let shown = |more: &[&str]| {
        let output = fivewhys(["merge"]).args(&files).args(more).output().expect("it starts");
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        stdout(&output).to_owned()
    };
    let page = folder.path().join("report.html");
    let quiet = shown(&["-q", "--report", &format!("html={}", page.display())]);
    assert!(quiet.lines().count() == 1 && quiet.starts_with("failed: 1 cause (certain)"), "{quiet}");
    assert!(std::fs::read_to_string(page).expect("it was written").contains("id=\"cause-1\""));
    let curl = shown(&["--curl"]);
    assert!(curl.contains("curl --include") && curl.contains("$TOKEN"), "{curl}");
    let both = fivewhys(["merge", "-q", "--curl"]).args(&files).output().expect("it starts");
    assert_eq!(both.status.code(), Some(2), "one line cannot hold a command");
}

#[test]
fn the_diagnosis_of_a_merge_sees_what_every_part_saw() {
    let folder = tempfile::tempdir().expect("a folder");
    // Without diagnosis probes, only the second part asks the auth service about the token.
    let alone = ["--fault", MISMATCH, "--evidence", "edge,auth", "--set", "budget.diagnosis_probes=0"];
    let one = |name: &str| shard(folder.path(), name, &[&alone[..], &["--scenario", name]].concat());
    let files = [one("chat-stream"), one("token-validation")];
    let part: Report = serde_json::from_slice(&std::fs::read(&files[0]).expect("it was written")).expect("a report");
    let whole = merged(&files, &["--evidence", "edge,auth"]);
    let share = |report: &Report| -> f64 {
        let cause = &report.causes[0];
        let others = cause.alternatives.iter().map(|one| (&one.fault, one.confidence));
        let of_it = others.chain([(&cause.fault, cause.confidence)]).filter(|(fault, _)| *fault == MISMATCH);
        of_it.map(|(_, share)| share).sum()
    };
    assert!(share(&whole) > share(&part), "{} after {}", share(&whole), share(&part));
}

#[test]
fn reports_of_other_scenarios_can_be_merged_without_shards() {
    let folder = tempfile::tempdir().expect("a folder");
    let one = |name: &str| shard(folder.path(), name, &["--scenario", name]);
    let report = merged(&[one("health"), one("chat-stream")], &[]);
    let scenarios = ["health", "chat-stream", "objectives"].map(str::to_owned).to_vec();
    assert_eq!((shape(&report).0, report.exit.code), (scenarios, 0));
}

#[test]
fn an_interrupted_part_makes_an_interrupted_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = halves(folder.path(), &FEW);
    let text = std::fs::read_to_string(&files[0]).expect("it was written");
    let cut = text.replacen("\"outcome\": \"passed\",", "\"outcome\": \"failed\", \"interrupted\": \"SIGTERM\",", 1);
    std::fs::write(&files[0], cut).expect("a file");
    let report = merged(&files, &[]);
    assert_eq!((report.interrupted, report.exit.code), (Some(Signal::Terminate), 143));
}

#[rstest]
#[case::the_same_twice(&["1/2", "1/2"], &["shard 1/2 is in", "a.json", "b.json"])]
#[case::one_is_missing(&["1/3", "3/3"], &["shard 2/3 is missing"])]
#[case::divided_otherwise(&["1/2", "2/3"], &["b.json", "2 shards"])]
fn shards_of_different_runs_are_a_mistake(#[case] shards: &[&str], #[case] words: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let drive = |(name, part): (&str, &&str)| {
        shard(folder.path(), name, &[&FEW[..], &["--scenario", "threads", "--shard", part]].concat())
    };
    let files: Vec<PathBuf> = ["a", "b"].into_iter().zip(shards).map(drive).collect();
    let output = fivewhys(["merge"]).args(files).output().expect("it starts");
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
    for word in words {
        assert!(stderr(&output).contains(word), "`{word}` is not in: {}", stderr(&output));
    }
}

#[rstest]
#[case::other_target("\"target\": \"offline\"", "\"target\": \"staging\"", "of the target `staging`")]
#[case::other_schema("fivewhys/report/2", "fivewhys/report/0", "fivewhys/report/0")]
#[case::no_report("{", "", "line 2, column 10: invalid type")]
fn a_report_that_does_not_belong_here_is_a_mistake(#[case] what: &str, #[case] with: &str, #[case] says: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let files = ["health", "chat-stream"].map(|name| shard(folder.path(), name, &["--scenario", name]));
    let text = std::fs::read_to_string(&files[1]).expect("it was written").replacen(what, with, 1);
    std::fs::write(&files[1], text).expect("a file");
    let output = fivewhys(["merge"]).args(files).output().expect("it starts");
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
    let said = stderr(&output);
    assert!(said.contains(says) && said.contains("chat-stream.json"), "{said}");
}

#[test]
fn a_cloud_run_task_is_a_shard_unless_another_is_named() {
    let driven = |more: &[&str], count: &str| {
        let mut command = fivewhys(["smoke", "--format", "json"]);
        command
            .args(FEW)
            .args(["--scenario", "threads"])
            .args(more)
            .env("CLOUD_RUN_TASK_INDEX", "1")
            .env("CLOUD_RUN_TASK_COUNT", count);
        let output = command.output().expect("it starts");
        serde_json::from_slice::<Report>(&output.stdout).ok().and_then(|report| report.shard).map(|one| one.to_string())
    };
    assert_eq!(driven(&[], "3").as_deref(), Some("2/3"));
    assert_eq!(driven(&["--shard", "1/2"], "3").as_deref(), Some("1/2"));
}

#[rstest]
#[case::empty(&["--shard", "3/3", "--scenario", "health", "--scenario", "threads"], &[], &["shard 3/3 has no scenario: there are 2"])]
#[case::from_0(&["--shard", "0/3"], &[], &["K/N"])]
#[case::no_task(&[], &[("CLOUD_RUN_TASK_INDEX", "5"), ("CLOUD_RUN_TASK_COUNT", "3")], &["CLOUD_RUN_TASK_INDEX=5"])]
fn a_bad_shard_is_a_mistake(#[case] arguments: &[&str], #[case] environment: &[(&str, &str)], #[case] words: &[&str]) {
    let output = fivewhys([&["smoke"], arguments].concat()).envs(environment.iter().copied()).output().expect("starts");
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
    assert!(words.iter().all(|word| stderr(&output).contains(word)), "{}", stderr(&output));
}
