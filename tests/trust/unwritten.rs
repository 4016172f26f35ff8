//! Reports that cannot be written lose no other report and no verdict.

use std::fs::{self, File};
use std::io::Read as _;
use std::process::{Command, Output, Stdio};

use rstest::rstest;

use super::folder::{Folder, report, smoke};
use crate::support::program::{FEW, TwinProcess, bare, stderr, stdout};

/// Options of a run, and the exit code that it has when every report is written.
const PASSED: (&[&str], i32) = (&[], 0);
const FOUND: (&[&str], i32) = (&["--fault", "backend-auth/service-secret-mismatch"], 1);
const NOT_FOUND: (&[&str], i32) = (&["--fault", "backend-auth/service-secret-mismatch", "--evidence", "edge,auth"], 3);
const NOT_DEPLOYED: (&[&str], i32) =
    (&["--fault", "backend-auth/service-secret-mismatch", "--deployed", "frontend=x"], 4);

fn offline(arguments: &[&str], folder: &Folder) -> Command {
    let mut command = bare();
    command.arg("smoke").args(FEW).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.arg("--report").arg(format!("json={}", folder.path("r.json").display()));
    command
}

fn output(command: &mut Command) -> Output {
    command.output().expect("it starts")
}

fn code(passes: i32) -> i32 {
    if passes == 0 { 5 } else { passes }
}

#[rstest]
fn a_full_device_changes_no_verdict(
    #[values(PASSED, FOUND, NOT_FOUND, NOT_DEPLOYED)] (arguments, usual): (&[&str], i32),
    #[values(true, false)] is_stdout: bool,
) {
    let folder = Folder::new();
    let mut command = offline(arguments, &folder);
    if is_stdout {
        command.stdout(File::options().write(true).open("/dev/full").expect("a device"));
    } else {
        command.args(["--report", "html=/dev/full"]);
    }
    let output = output(&mut command);
    assert_eq!(output.status.code(), Some(code(usual)), "{}", stderr(&output));
    assert_eq!(i32::from(report(&folder.path("r.json")).exit.code), usual, "the other report is there");
    let what = if is_stdout { "cannot write standard output: " } else { "cannot write /dev/full: " };
    assert!(stderr(&output).contains(what), "{}", stderr(&output));
    assert!(is_stdout || stdout(&output).lines().count() > 2, "{}", stdout(&output));
}

/// Without a handler, the system ends a process that writes more than `ulimit -f` allows.
#[test]
#[cfg(unix)]
fn a_limit_on_the_size_of_files_changes_no_verdict() {
    let folder = Folder::new();
    let inner = offline(FOUND.0, &folder);
    let mut command = Command::new("sh");
    command
        .env_clear()
        .args(["-c", "ulimit -f 1 && exec \"$0\" \"$@\""])
        .arg(inner.get_program())
        .args(inner.get_args());
    for (name, value) in inner.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    let output = output(&mut command);
    assert_eq!(output.status.code(), Some(FOUND.1), "{}", stderr(&output));
    assert!(stdout(&output).lines().count() > 2, "{}", stdout(&output));
    assert!(stderr(&output).contains("cannot write "), "{}", stderr(&output));
    assert!(!folder.path("r.json").exists(), "no report is half written");
}

#[test]
fn a_reader_that_goes_away_loses_no_report() {
    let folder = Folder::new();
    let mut child = offline(FOUND.0, &folder).spawn().expect("it starts");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    assert_eq!(report(&folder.path("r.json")).exit.code, 1);
}

#[rstest]
#[case::passed(PASSED, 5)]
#[case::failed(FOUND, 1)]
fn a_pipe_whose_reader_goes_away_is_a_report_that_is_not_written(
    #[case] (arguments, _): (&[&str], i32),
    #[case] code: i32,
) {
    let folder = Folder::new();
    let pipe = folder.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there").success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || File::open(pipe).and_then(|mut from| from.read_exact(&mut [0; 10]))
    });
    let mut command = offline(arguments, &folder);
    // More than a pipe holds.
    command.args(["--scenario", "negative-controls", "--scenario", "token-validation"]);
    let output = output(command.arg("--report").arg(format!("har={}", pipe.display())));
    reader.join().expect("it reads").expect("it got the beginning");
    assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
    report(&folder.path("r.json"));
}

#[test]
fn a_pipe_and_standard_output_are_written_directly() {
    let folder = Folder::new();
    let pipe = folder.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there").success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read(pipe)
    });
    let mut command = offline(PASSED.0, &folder);
    command.arg("--report").arg(format!("json={}", pipe.display())).args(["--report", "junit=-", "--quiet"]);
    let output = output(&mut command);
    assert_eq!(output.status.code(), Some(0));
    // The result goes to stderr where a report is on stdout.
    assert!(stderr(&output).starts_with("passed"), "{}", stderr(&output));
    let piped = reader.join().expect("it reads").expect("a report");
    assert_eq!(piped, fs::read(folder.path("r.json")).expect("a report"));
    let (xml, rest) = stdout(&output).split_once("</testsuites>\n").expect("a report on stdout");
    assert!(xml.starts_with("<?xml") && rest.is_empty(), "{rest}");
    assert_eq!(folder.names(), ["pipe", "r.json"]);
}

#[rstest]
#[case::passed(PASSED.0, 5)]
#[case::failed(FOUND.0, 1)]
fn a_folder_that_takes_no_file_any_more(#[case] twin: &[&str], #[case] code: i32) {
    let (twin, folder) = (TwinProcess::start(twin), Folder::new());
    let gone = folder.path("gone");
    fs::create_dir(&gone).expect("a folder");
    // The command that reads the secret runs after the paths were checked. `/proc` takes no file, not even from root.
    let script = format!(
        "rm -r {0} && ln -s /proc {0} && cat {1}",
        gone.display(),
        twin.secrets_folder().join("signing-secret").display()
    );
    let command = serde_json::to_string(&["sh", "-c", &script]).expect("text");
    let secret = format!("signing_secret={}", toml(&format!("command:{command}")));
    let mut command = smoke(&twin);
    command.args(["--set", &secret]);
    command.arg("--report").arg(format!("json={}", gone.join("r.json").display()));
    command.arg("--report").arg(format!("json={}", folder.path("r.json").display()));
    let output = output(&mut command);
    assert_eq!(output.status.code(), Some(code), "{}{}", stdout(&output), stderr(&output));
    assert!(stderr(&output).contains("gone/r.json: "), "{}", stderr(&output));
    assert_eq!(folder.names(), ["gone", "r.json"]);
    report(&folder.path("r.json"));
}

#[test]
fn a_full_disk_leaves_the_earlier_report() {
    let (twin, folder) = (TwinProcess::start(&[]), Folder::new());
    fs::write(folder.path("r.json"), "earlier").expect("a file");
    let smoke = smoke(&twin);
    let mut command = Command::new("sh");
    // A write beyond 4 KiB then fails as on a full disk, in the middle of the report.
    command
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$@\"", "sh"])
        .arg(smoke.get_program())
        .args(smoke.get_args());
    command.env_clear().env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8");
    let output = output(command.arg("--report").arg(format!("json={}", folder.path("r.json").display())));
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(folder.path("r.json")).expect("a file"), "earlier");
    assert_eq!(folder.names(), ["r.json"], "nothing is left behind");
}

fn toml(text: &str) -> String {
    format!("[{}]", serde_json::to_string(text).expect("text"))
}
