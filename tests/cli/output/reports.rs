//! `--report`: several formats at once, in addition to stdout.

use std::fs;
use std::path::Path;

use fivewhys::internal::diagnose::Certainty;
use fivewhys::internal::report::Report;
use rstest::rstest;

use crate::support::program::{FEW, fivewhys, run, stderr, stdout};

const MISMATCH: &str = "backend-auth/service-secret-mismatch";

fn smoke(reports: &[String]) -> std::process::Output {
    let mut arguments: Vec<String> =
        [&["smoke", "--fault", MISMATCH][..], &FEW].concat().into_iter().map(str::to_owned).collect();
    arguments.extend(reports.iter().flat_map(|report| ["--report".to_owned(), report.clone()]));
    run(arguments)
}

fn to(folder: &Path, format: &str) -> String {
    format!("{format}={}", folder.join(format).display())
}

#[test]
fn every_report_is_written_beside_the_one_on_stdout() {
    let folder = tempfile::tempdir().expect("a folder");
    let formats = ["json", "junit", "human", "html"];
    let output = smoke(&formats.map(|format| to(folder.path(), format)));
    assert_eq!((output.status.code(), stderr(&output)), (Some(1), ""));
    assert!(stdout(&output).lines().last().is_some_and(|line| line.starts_with("failed: ")), "{}", stdout(&output));
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect("it is there");
    let json: Report = serde_json::from_str(&read("json")).expect("a report");
    assert_eq!(json.causes[0].fault, MISMATCH);
    assert!(read("junit").contains(&format!("type=\"{MISMATCH}\"")));
    assert!(read("html").contains("hold different service secrets"));
    assert!(read("human").contains(MISMATCH) && !read("human").contains('\u{1b}'));
}

#[test]
fn annotations_point_into_the_scenario_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = include_str!("../../../scenarios/threads.toml");
    fs::create_dir(folder.path().join("own")).expect("a folder");
    fs::write(folder.path().join("own/threads.toml"), scenario).expect("a file");
    fs::write(folder.path().join("summary"), "earlier\n").expect("a file");
    let mut command = fivewhys(["smoke", "--fault", MISMATCH, "--scenarios", "own", "--report", "github"]);
    command.current_dir(folder.path()).env("GITHUB_STEP_SUMMARY", folder.path().join("summary"));
    let output = command.env("GITHUB_WORKSPACE", folder.path()).output().expect("it starts");
    assert_eq!((output.status.code(), stderr(&output)), (Some(1), ""));
    let lines: Vec<&str> = stdout(&output).lines().collect();
    let word = lines[0].strip_prefix("::stop-commands::").expect("commands are stopped while the report is printed");
    let end = lines.iter().position(|line| *line == format!("::{word}::")).expect("and go on after it");
    assert!(lines[end - 1].starts_with("failed: "), "{lines:#?}");
    let title = "title=The backend and the auth service hold different service secrets::threads/list";
    let line = scenario.lines().position(|line| line == "id = \"list\"").expect("a step") + 1;
    let annotated = format!("::error file=own/threads.toml,line={line},{title}");
    assert!(lines[end + 1].starts_with(&annotated), "{:?} is not {annotated}", lines[end + 1]);
    let summary = fs::read_to_string(folder.path().join("summary")).expect("it is there");
    assert!(summary.starts_with("earlier\n## ✗ ") && summary.contains("```mermaid"), "{summary}");
}

#[test]
fn workflow_commands_go_to_stderr_where_stdout_is_json() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("summary.md");
    let report = format!("github={}", path.display());
    let mut command = fivewhys(["smoke", "--fault", MISMATCH, "--format", "json", "--report", &report]);
    let output = command.env("GITHUB_ACTIONS", "true").output().expect("it starts");
    assert!(serde_json::from_slice::<Report>(&output.stdout).is_ok(), "{}", stdout(&output));
    let commands = stderr(&output);
    assert!(commands.lines().all(|line| line.starts_with("::")) && commands.contains("::error title="), "{commands}");
    assert!(!commands.contains("file=") && commands.contains("at built-in/chat-stream.toml:"), "{commands}");
    assert!(fs::read_to_string(path).is_ok_and(|summary| summary.contains(MISMATCH)));
}

#[rstest]
#[case::no_folder("json=nowhere/r.json", "nowhere/r.json")]
#[case::a_folder("junit=/", "/")]
#[case::no_format("yaml=r.yaml", "`yaml` is not a report format")]
#[case::no_path("junit", "expected FORMAT=PATH")]
#[case::empty_path("junit=", "expected FORMAT=PATH")]
fn a_bad_report_path_is_a_mistake_before_anything_is_sent(#[case] report: &str, #[case] says: &str) {
    let output = smoke(&[report.to_owned()]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
    assert!(stderr(&output).contains(says), "{}", stderr(&output));
}

#[test]
fn two_reports_cannot_share_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("r").display().to_string();
    let output = smoke(&[format!("json={path}"), format!("junit={path}")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("two reports"), "{}", stderr(&output));
    assert!(!Path::new(&path).exists(), "looking leaves nothing behind");
}

#[test]
fn a_report_that_cannot_be_written_stops_no_other_report() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = smoke(&["json=/dev/full".to_owned(), to(folder.path(), "junit")]);
    assert_eq!(output.status.code(), Some(1), "and the verdict stays");
    assert!(stderr(&output).contains("/dev/full"), "{}", stderr(&output));
    assert!(stdout(&output).contains("failed: "), "the report on stdout is there");
    assert!(folder.path().join("junit").exists());
}

#[test]
fn the_surest_cause_comes_first() {
    let output = run([
        &["smoke", "--format", "json", "--fault", MISMATCH, "--fault", "edge/drops-upgrade"][..],
        &["--scenario", "websocket-events"],
        &FEW,
    ]
    .concat());
    let report: Report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    let sure: Vec<Certainty> = report.causes.iter().map(|cause| cause.certainty).collect();
    assert_eq!(sure, [Certainty::Certain, Certainty::Ambiguous]);
    let first = report.scenarios.iter().find_map(|scenario| scenario.cause);
    assert_eq!(first, Some(0), "and scenarios point at it by its new place");
}
