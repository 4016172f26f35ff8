//! The commands that a target names: they end with the run, and get no secret.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use fivewhys::internal::report::{Signal, StepOutcome};
use rstest::rstest;
use rustix::process::{Pid, Signal as Number, kill_process, test_kill_process};

use super::folder::{Folder, report, smoke};
use crate::support::program::{TwinProcess, bare, stderr};

/// Guards against a process that never ends.
const GUARD: Duration = Duration::from_secs(60);
/// The time limit of a command that reads a secret.
const LIMIT: Duration = Duration::from_secs(10);

fn sources(script: &str) -> String {
    let command = serde_json::to_string(&["sh", "-c", script]).expect("text");
    format!("[{}]", serde_json::to_string(&format!("command:{command}")).expect("text"))
}

/// Waits until a command has written the id of its child, and returns it.
fn id(file: &Path) -> Pid {
    let begin = Instant::now();
    loop {
        let text = fs::read_to_string(file).unwrap_or_default();
        if let Some(id) = text.strip_suffix('\n').and_then(|id| id.parse().ok()) {
            return Pid::from_raw(id).expect("not 0");
        }
        assert!(begin.elapsed() < GUARD, "the command does not run");
        sleep(Duration::from_millis(5));
    }
}

fn ends(process: Pid) {
    let begin = Instant::now();
    while test_kill_process(process).is_ok() {
        assert!(begin.elapsed() < GUARD, "a process survived");
        sleep(Duration::from_millis(5));
    }
}

fn terminate(child: &Child) {
    let id = Pid::from_raw(i32::try_from(child.id()).expect("an id")).expect("not 0");
    kill_process(id, Number::TERM).expect("it runs");
}

#[rstest]
#[case::a_secret("signing_secret", "trap '' TERM; sleep 600 & echo $! >FILE; wait; wait")]
#[case::a_secret_by_a_grandchild("signing_secret", "sh -c 'sleep 600 & echo $! >FILE; wait' & wait")]
#[case::a_log("logs", "sleep 600 & echo $! >FILE; wait")]
#[case::a_manifest("manifest.backend", "sleep 600 & echo $! >FILE; wait")]
fn a_command_does_not_delay_a_signal(#[case] key: &str, #[case] script: &str) {
    let (twin, folder) = (TwinProcess::start(&["--fault", "backend-auth/service-secret-missing"]), Folder::new());
    let file = folder.path("id");
    let source = sources(&script.replace("FILE", &file.display().to_string()));
    let source = if key.starts_with("manifest") { source.trim_matches(['[', ']']).to_owned() } else { source };
    let mut command = smoke(&twin);
    command.args(["--set", &format!("{key}={source}")]).stdout(Stdio::null());
    command.arg("--report").arg(format!("json={}", folder.path("r.json").display()));
    let mut child = command.spawn().expect("it starts");
    let process = id(&file);
    let begin = Instant::now();
    terminate(&child);
    assert_eq!(child.wait().expect("it ends").code(), Some(143));
    assert!(begin.elapsed() < LIMIT, "it waited for the command");
    ends(process);
    let report = report(&folder.path("r.json"));
    assert_eq!(report.interrupted, Some(Signal::Terminate));
    let steps = || report.scenarios.iter().flat_map(|one| &one.steps);
    assert!(key != "signing_secret" || steps().all(|step| step.outcome == StepOutcome::Skipped));
}

#[test]
fn a_command_without_a_report_ends_at_the_signal() {
    let (twin, folder) = (TwinProcess::start(&[]), Folder::new());
    let file = folder.path("id");
    let script = format!("sleep 600 & echo $! >{}; wait", file.display());
    let mut command = bare();
    command.env("PATH", "/usr/bin:/bin").args(["mint", "primary", "--config"]).arg(twin.target());
    command.args(["--set", &format!("signing_secret={}", sources(&script))]).stderr(Stdio::null());
    let mut child = command.spawn().expect("it starts");
    let process = id(&file);
    terminate(&child);
    assert_eq!(child.wait().expect("it ends").code(), Some(143));
    ends(process);
}

#[test]
fn standard_input_without_an_end_does_not_delay_a_signal() {
    let (twin, folder) = (TwinProcess::start(&[]), Folder::new());
    let mut command = smoke(&twin);
    command.args(["--logs", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.arg("--record").arg(folder.path("r.har")).spawn().expect("it starts");
    let begin = Instant::now();
    while !handles(&child) {
        assert!(begin.elapsed() < GUARD, "it does not start");
    }
    terminate(&child);
    assert_eq!(child.wait().expect("it ends").code(), Some(143));
}

fn handles(child: &Child) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    caught.is_none_or(|caught| u64::from_str_radix(caught.trim(), 16).is_ok_and(|bits| bits >> 14 & 1 == 1))
}

#[test]
fn no_command_gets_a_secret_of_the_target() {
    let (twin, folder) = (TwinProcess::start(&[]), Folder::new());
    let secret = fs::read_to_string(twin.secrets_folder().join("signing-secret")).expect("a secret");
    let [of_secret, of_log, of_manifest] = ["secret", "log", "manifest"].map(|name| folder.path(name));
    let print = |file: &Path| format!("env >{}; echo INFO nothing", file.display());
    let signing =
        format!("env >{}; cat {}", of_secret.display(), twin.secrets_folder().join("signing-secret").display());
    let signing = sources(&signing).replacen('[', r#"["env:UNSET", "env:EMPTY", "#, 1);
    let mut command = smoke(&twin);
    command.args(["--set", &format!("signing_secret={signing}"), "--set", "backend=\"http://127.0.0.1:1\""]);
    command.args(["--set", &format!("caller.secret={}", r#"["env:CALLER"]"#)]);
    command.args(["--set", &format!("logs={}", sources(&print(&of_log)))]);
    let manifest = sources(&print(&of_manifest));
    command.args(["--set", &format!("manifest.backend={}", manifest.trim_matches(['[', ']']))]);
    command.env("EMPTY", "").env("CALLER", &secret).env("ALIAS", format!(" {secret}\n")).env("KEPT", "as it is");
    let output = command.output().expect("it starts");
    assert!(matches!(output.status.code(), Some(1 | 3)), "{}", stderr(&output));
    for file in [of_secret, of_log, of_manifest] {
        let environment = fs::read_to_string(&file).unwrap_or_else(|_| panic!("{} did not run", file.display()));
        assert!(environment.contains("KEPT=as it is"), "{environment}");
        for hidden in ["EMPTY", "CALLER", "ALIAS", &secret] {
            assert!(!environment.contains(hidden), "{hidden} is in the environment of {}", file.display());
        }
    }
}

#[test]
fn a_run_leaves_no_command_behind() {
    let (twin, folder) = (TwinProcess::start(&["--fault", "backend-auth/service-secret-missing"]), Folder::new());
    let file = folder.path("id");
    let script = format!("sleep 600 & echo $! >{}; wait", file.display());
    let output = smoke(&twin)
        .args(["--set", &format!("logs={}", sources(&script)), "--set", "budget.run=\"3s\""])
        .output()
        .expect("it starts");
    assert!(matches!(output.status.code(), Some(1 | 3)), "{}", stderr(&output));
    ends(id(&file));
}
