//! Rolls back with the operator's own command, where that is the advice, and smokes again. Sits in `run`, after the report is made.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

use super::smoke;
use crate::report::{Advice, CommandRun, Report, RollBack, RolledBack, RunOutcome, SecondSmoke, StepOutcome};
use crate::run::context::credentials::learn_all;
use crate::run::context::smoke::Smoke;

/// One command may take this long: shifting traffic takes a platform a minute or two.
const LONGEST: Duration = Duration::from_secs(300);
/// Once it has ended, what is left of its output has this long to come.
const REST: Duration = Duration::from_secs(1);
/// Bytes of its output that are kept.
const KEPT: usize = 16 << 10;

/// Runs `command` through `sh -c` once for each service that is to be rolled back, with `FIVEWHYS_SERVICE`, `FIVEWHYS_REVISION` (what was
/// deployed) and `FIVEWHYS_PREVIOUS`; then, if all of them ended with 0, smokes again. What came of it stands in the report's gate. Does
/// nothing where the advice is another, or the run was stopped. A command under way is not stopped: half a roll back is worse. The exit code stays: a run that was rolled back has failed.
pub async fn roll_back(run: &Smoke, command: &str, report: &mut Report) {
    let Some(gate) = report.gate.as_mut().filter(|gate| gate.advice == Advice::RollBack) else { return };
    if run.conduct.interruption.signal().is_some() {
        return;
    }
    // The command has our environment, and may print what the run did not need.
    learn_all(&run.target, &run.redactor);
    let mut runs = Vec::new();
    for one in &gate.commands {
        runs.push(once(run, command, one).await);
        if !runs.iter().all(|one| one.succeeded) {
            break;
        }
    }
    let done = !runs.is_empty() && runs.iter().all(|one| one.succeeded);
    let second = if done { smoke(run, &|_| {}).await.ok().filter(|second| second.interrupted.is_none()) } else { None };
    let second = second.map(|second| in_short(&second));
    let says = match (&second, done) {
        (Some(second), _) if second.outcome == RunOutcome::Passed => "rolled back, and the second smoke passed",
        (Some(_), _) => "rolled back, and the second smoke failed too",
        (None, true) => "rolled back, and the second smoke could not be driven",
        (None, false) => "the command that rolls back failed",
    };
    gate.rolled_back = Some(RolledBack { runs, second });
    report.exit.meaning = format!("{}; {says}", report.exit.meaning);
    if let Some(signal) = run.conduct.interruption.signal() {
        // What was asked for was not done to its end.
        (report.interrupted, report.exit.code) = (Some(signal), signal.exit_code().code());
    }
}

async fn once(run: &Smoke, command: &str, one: &RollBack) -> CommandRun {
    let mut bytes = Vec::new();
    let ended = to_its_end(command, one, tokio::time::sleep(LONGEST), &mut bytes).await;
    bytes.truncate(KEPT);
    CommandRun {
        service: one.service.clone(),
        command: run.redactor.clean(command),
        succeeded: ended.as_ref().is_ok_and(ExitStatus::success),
        ended: ended.map_or_else(|why| why, |status| status.to_string()),
        output: run.redactor.clean_bytes_lossy(&bytes),
    }
}

/// Standard error goes where standard output goes, in the order in which they are written. When its time is over, it is ended with all that
/// it has started.
async fn to_its_end(
    command: &str,
    one: &RollBack,
    over: impl Future<Output = ()>,
    bytes: &mut Vec<u8>,
) -> Result<ExitStatus, String> {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("exec 2>&1\n{command}")).kill_on_drop(true);
    shell.env("FIVEWHYS_SERVICE", &one.service).env("FIVEWHYS_REVISION", &one.from).env("FIVEWHYS_PREVIOUS", &one.to);
    // A group of its own: Ctrl-C on the terminal is ours, not its.
    #[cfg(unix)]
    shell.process_group(0);
    shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let cannot = |error: io::Error| format!("cannot be run: {}", error.kind());
    let mut child = shell.spawn().map_err(cannot)?;
    let status = tokio::select! {
        status = ended(&mut child, bytes) => Some(status),
        () = over => None,
    };
    match status {
        Some(status) => status.map_err(cannot),
        None => {
            kill(&mut child).await;
            Err(format!("not done after {} s", LONGEST.as_secs()))
        }
    }
}

/// Its end, with what it has written by then.
async fn ended(child: &mut Child, bytes: &mut Vec<u8>) -> io::Result<ExitStatus> {
    let Some(output) = child.stdout.take() else { return child.wait().await };
    let mut read = std::pin::pin!(drain(output, bytes));
    tokio::select! {
        () = &mut read => child.wait().await,
        status = child.wait() => {
            // What it leaves running in the background may hold the pipe for ever.
            let _ = tokio::time::timeout(REST, &mut read).await;
            status
        }
    }
}

/// It may have ended meanwhile: then there is nothing to kill.
async fn kill(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed())) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill().await;
}

/// Keeps the beginning and reads the rest away, so that nothing that writes much is held up.
async fn drain(mut from: impl AsyncRead + Unpin, bytes: &mut Vec<u8>) {
    let mut chunk = vec![0; KEPT];
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        let room = KEPT.saturating_sub(bytes.len()).min(read);
        bytes.extend_from_slice(&chunk[..room]);
    }
}

fn in_short(second: &Report) -> SecondSmoke {
    let steps = || second.scenarios.iter().flat_map(|one| one.steps.iter().map(move |step| (&one.id, step)));
    let failed = steps().filter(|(_, step)| step.outcome == StepOutcome::Failed);
    SecondSmoke {
        outcome: second.outcome,
        steps: steps().filter(|(_, step)| step.outcome != StepOutcome::Skipped).count(),
        failed: failed.map(|(scenario, step)| format!("{scenario}/{}", step.id)).collect(),
        causes: second.causes.iter().map(|cause| cause.fault.clone()).collect(),
        total_ms: second.timing.total_ms,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Read as _;

    use super::*;

    /// Guards against a process that lives on; nothing depends on how long anything takes.
    const GUARD: Duration = Duration::from_secs(60);

    fn backend() -> RollBack {
        let [service, from, to, command] = ["backend", "b-2", "b-1", ""].map(str::to_owned);
        RollBack { service, from, to, command }
    }

    #[tokio::test]
    async fn a_command_whose_time_is_over_is_ended_with_what_it_has_started() {
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("alive");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there");
        assert!(made.success());
        let command = format!("echo begun; (exec sleep 600 >'{}') & wait", pipe.display());
        let (is_alive, alive) = tokio::sync::oneshot::channel();
        let (has_ended, ends) = tokio::sync::oneshot::channel();
        // Opens when the child of the shell has opened it, and ends when that child has.
        std::thread::spawn(move || {
            let mut from = std::fs::File::open(pipe).expect("a pipe");
            is_alive.send(()).expect("somebody waits");
            has_ended.send(from.read_to_end(&mut Vec::new()))
        });
        let over = async { alive.await.expect("it is begun") };
        let mut bytes = Vec::new();
        let ended = to_its_end(&command, &backend(), over, &mut bytes).await;
        assert_eq!(ended, Err("not done after 300 s".to_owned()));
        let read = tokio::time::timeout(GUARD, ends).await.expect("nothing of it lives on").expect("the thread says");
        assert_eq!(read.expect("it is read"), 0);
    }
}
