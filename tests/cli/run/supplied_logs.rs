//! Logs that a person supplies: of any format, with the component that wrote them.

use std::path::{Path, PathBuf};

use fivewhys::internal::diagnose::{Cause, JoinedBy};
use fivewhys::internal::report::Report;
use rstest::rstest;
use tempfile::TempDir;

use crate::support::program::{FEW, fivewhys, run, stderr, stdout};

const URL_MISSING: &str = "backend-auth/auth-url-missing";

/// What uvicorn and an application write: no line has a time.
const UVICORN: &str = "INFO:     Started server process [7]\n\
    ERROR:    AUTH_SERVICE_URL is not set\n\
    Traceback (most recent call last):\n  File \"/app/auth.py\", line 12, in validate\nRuntimeError: no caller\n\
    INFO:     10.0.0.1:1234 - \"GET /api/chat/messages HTTP/1.1\" 401 Unauthorized\n";

fn file(folder: &TempDir, text: &str) -> PathBuf {
    let file = folder.path().join("the.log");
    std::fs::write(&file, text).expect("a file");
    file
}

fn report(bytes: &[u8]) -> Report {
    serde_json::from_slice(bytes).expect("a report")
}

/// A run of the twin without its own logs and manifests. `logs` is the value of `--logs`.
fn smoke(logs: Option<String>) -> Report {
    let arguments =
        ["smoke", "--target", "offline", "--fault", URL_MISSING, "--evidence", "edge,auth", "--format", "json"];
    let mut command = fivewhys(arguments);
    command.args(FEW);
    command.args(logs.into_iter().flat_map(|logs| ["--logs".to_owned(), logs]));
    report(&command.output().expect("it starts").stdout)
}

fn quotes(cause: &Cause) -> Vec<&str> {
    let proofs = cause.whys.iter().flat_map(|why| &why.evidence);
    proofs.map(|proof| proof.says.as_str()).filter(|says| says.contains("log")).collect()
}

#[test]
fn plain_text_of_the_backend_settles_a_verdict() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = smoke(None);
    assert!(open.causes[0].alternatives.len() > 3, "{:?}", open.causes);
    let log = file(&folder, UVICORN);
    let settled = smoke(Some(format!("backend={}", log.display())));
    assert_eq!(settled.causes[0].fault, URL_MISSING);
    assert!(settled.causes[0].alternatives.len() < open.causes[0].alternatives.len(), "{:?}", settled.causes);
    let quotes = quotes(&settled.causes[0]);
    assert!(
        quotes.iter().any(|says| says.contains("the backend's log, line 2: ERROR:    AUTH_SERVICE_URL is not set")),
        "{quotes:?}"
    );
    assert!(settled.evidence.contains(&"logs".to_owned()), "{:?}", settled.evidence);
}

/// The first shard of one, with a failure that nothing explains.
fn part(folder: &TempDir) -> (PathBuf, Report) {
    let arguments = ["smoke", "--target", "offline", "--fault", URL_MISSING, "--evidence", "edge", "--format", "json"];
    let output = run([&arguments[..], &FEW, &["--shard", "1/1"]].concat());
    let file = folder.path().join("part.json");
    std::fs::write(&file, &output.stdout).expect("a file");
    (file, report(&output.stdout))
}

fn merge(part: &Path, logs: &Path) -> Report {
    let logs = format!("backend={}", logs.display());
    let output = fivewhys(["merge", "--format", "json", "--logs", &logs]).arg(part).output().expect("it starts");
    assert!(!output.stdout.is_empty(), "{}", stderr(&output));
    report(&output.stdout)
}

#[rstest]
#[case::trace_id(true, JoinedBy::TraceId, "by trace id")]
#[case::time(false, JoinedBy::Time, "by time")]
fn a_verdict_says_by_what_a_line_was_joined(#[case] has_id: bool, #[case] by: JoinedBy, #[case] says: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let (part, report) = part(&folder);
    let mut log = String::new();
    for probe in report
        .probes
        .iter()
        .filter(|probe| report.causes[0].explains.iter().any(|step| probe.exchange.step.as_deref() == Some(step)))
    {
        let id = if has_id { format!(" trace_id={}", probe.exchange.trace_id) } else { String::new() };
        log += &format!("{} ERROR app.auth: teapot: the kettle is cold{id}\n", probe.exchange.started_at);
    }
    let end = report.probes.iter().map(|probe| probe.exchange.started_at).max().expect("a probe");
    log += &format!("{} INFO app: the end\n", end + std::time::Duration::from_secs(60));
    let merged = merge(&part, &file(&folder, &log));
    let line = merged.causes[0].worst_lines.first().unwrap_or_else(|| panic!("{log}\n{:?}", merged.causes));
    assert_eq!(line.joined_by, Some(by));
    assert!(line.says.contains(says) && line.says.contains("the kettle is cold"), "{}", line.says);
}

#[test]
fn what_could_not_be_read_of_a_log_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = file(&folder, &format!("{UVICORN}{}", "{\"level\": }\n".repeat(9)));
    let report = smoke(Some(format!("backend={}", log.display())));
    let why: Vec<&str> = report.unread.iter().map(|unread| unread.why.as_str()).collect();
    assert_eq!(why.len(), 4, "{why:?}");
    let of_file = |says: &str| format!("{}: {says}", log.display());
    assert_eq!(why[0], of_file("line 7, column 11: expected value; skipped"));
    assert_eq!(why[3], of_file("6 more pieces cannot be read; skipped"));
}

#[rstest]
#[case::prose("nothing to see here\n", "line 1, column 1: neither a time nor a level, nor JSON")]
#[case::json("{\"a\": 1}\n{\"b\": 2}\n", "line 1, column 1: JSON, but no log entry that is known")]
#[case::broken("\n{\"level\": }\n", "line 2, column 11: expected value")]
fn a_text_without_any_entry_is_a_mistake(#[case] text: &str, #[case] says: &str) {
    let output =
        fivewhys(["smoke", "--target", "offline", "--logs", "-"]).write_stdin(text).output().expect("it starts");
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
    let message = stderr(&output).split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
    assert!(message.contains(says) && message.contains("standard input"), "{message}");
}

#[test]
fn a_log_that_is_not_there_is_a_mistake() {
    let output = run(["smoke", "--target", "offline", "--logs", "backend=nowhere.log"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("cannot read nowhere.log"), "{}", stderr(&output));
}
