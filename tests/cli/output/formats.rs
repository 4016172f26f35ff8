//! What is printed: JSON for programs, plain text for people, and no escape bytes without a terminal.

use fivewhys::internal::report::{Report, RunOutcome, SCHEMA};
use rstest::rstest;

use crate::support::human::too_wide;
use crate::support::program::{FEW, fivewhys, run, stderr, stdout};

const MISMATCH: &str = "backend-auth/service-secret-mismatch";

#[rstest]
#[case::healthy(&[], 0)]
#[case::failed(&["--fault", MISMATCH], 1)]
#[case::open(&["--fault", MISMATCH, "--evidence", "edge,auth"], 3)]
#[case::elsewhere(&["--fault", MISMATCH, "--deployed", "frontend=x"], 4)]
fn stdout_holds_one_json_report_and_nothing_else(#[case] more: &[&str], #[case] code: u8) {
    let output = run([&["smoke", "--format", "json"], &FEW[..], more].concat());
    let report: Report = serde_json::from_slice(&output.stdout).expect("one JSON document, a report");
    assert_eq!((&*report.schema, SCHEMA), ("fivewhys/report/2", "fivewhys/report/2"));
    assert_eq!(output.status.code(), Some(i32::from(code)));
    assert_eq!((report.exit.code, report.outcome == RunOutcome::Passed), (code, code == 0));
    assert_eq!(stderr(&output), "");
}

#[test]
fn the_json_report_has_the_documented_fields() {
    let output = run(["smoke", "--format", "json", "--fault", MISMATCH, "--evidence", "edge,auth"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    for field in ["schema", "outcome", "scenarios", "causes", "findings", "probes", "timing"] {
        assert!(!report[field].is_null(), "{field}");
    }
    assert_eq!(report["outcome"], "failed");
    let cause = &report["causes"][0];
    for field in
        ["fault", "hop", "certainty", "confidence", "explains", "alternatives", "whys", "ruled_out", "involves"]
    {
        assert!(!cause[field].is_null(), "causes[0].{field}");
    }
    assert!(cause["alternatives"][0]["fault"].is_string() && cause["alternatives"][0]["confidence"].is_number());
    assert!(cause["whys"][0]["claim"].is_string() && cause["whys"][0]["evidence"][0].is_object());
    assert!(report["scenarios"][0]["id"].is_string() && report["scenarios"][0]["steps"].is_array());
}

#[rstest]
fn there_are_no_escape_bytes_without_a_terminal(
    #[values(&["smoke"], &["smoke", "-v", "--fault", MISMATCH], &["smoke", "--fault", MISMATCH, "--format", "json"])]
    arguments: &[&str],
    #[values(None, Some("1"))] no_color: Option<&str>,
) {
    let mut command = fivewhys([arguments, &FEW[..]].concat());
    command.envs(no_color.map(|value| ("NO_COLOR", value)));
    let output = command.output().expect("it starts");
    assert!(!output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b), "{}", stdout(&output));
}

#[test]
fn no_color_wins_over_forced_colour() {
    let smoke = |name: &str, value: &str| {
        let mut command = fivewhys(["smoke", "--fault", MISMATCH]);
        command.args(FEW).env("CLICOLOR_FORCE", "1").env(name, value).output().expect("it starts").stdout
    };
    assert!(
        smoke("LC_ALL", "C.UTF-8").contains(&0x1b),
        "colour can be forced: otherwise the second assertion proves nothing"
    );
    assert!(!smoke("NO_COLOR", "1").contains(&0x1b));
}

/// `tests/attribution/all_scenarios.rs` looks at the reports of every fault.
#[rstest]
#[case::healthy(&[], "passed: ")]
#[case::failed(&["--fault", MISMATCH], "failed: ")]
fn the_human_report_fits_80_columns(#[case] more: &[&str], #[case] last: &str) {
    let output = run([&["smoke", "-v"], more].concat());
    assert_eq!(too_wide(stdout(&output), 80), Vec::<&str>::new());
    let line = stdout(&output).lines().last().expect("it says something");
    assert!(line.starts_with(last), "the last line is the outcome, not {line:?}");
}

#[test]
fn the_report_is_ascii_in_an_ascii_locale() {
    let mut command = fivewhys(["smoke", "--fault", MISMATCH]);
    let output = command.env("LANG", "C").output().expect("it starts");
    assert!(output.stdout.is_ascii(), "{}", stdout(&output));
}

#[test]
fn progress_and_logs_stay_off_stdout() {
    let mut command = fivewhys(["smoke", "--fault", MISMATCH, "--format", "json"]);
    let output = command.args(FEW).env("FIVEWHYS_LOG", "trace").output().expect("it starts");
    assert!(serde_json::from_slice::<Report>(&output.stdout).is_ok(), "{}", stdout(&output));
}

#[rstest]
#[case(&["smoke", "-q"], "passed: ")]
#[case(&["smoke", "--quiet", "--fault", MISMATCH], "failed: ")]
fn quiet_is_one_line(#[case] arguments: &[&str], #[case] begins: &str) {
    let output = run([arguments, &FEW[..]].concat());
    assert!(stdout(&output).starts_with(begins) && stdout(&output).lines().count() == 1, "{}", stdout(&output));
    assert_eq!(stderr(&output), "", "and no progress where no terminal is");
}

#[test]
fn a_failed_call_is_shown_as_curl_with_the_token_as_a_variable() {
    let output =
        run(["smoke", "--curl", "--scenario", "websocket-events", "--scenario", "chat-stream", "--fault", MISMATCH]);
    let text = stdout(&output);
    assert!(text.contains("\n  TOKEN=$(fivewhys mint primary --target offline)\n"), "{text}");
    assert!(text.contains("--header 'Authorization: Bearer '\"$TOKEN\""), "{text}");
    assert!(text.contains("--no-buffer") && text.contains("--http1.1") && text.contains("/ws?token="), "{text}");
    assert!(text.lines().last().is_some_and(|line| line.starts_with("failed: ")));
}
