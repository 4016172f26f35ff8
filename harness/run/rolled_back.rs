//! Runs the operator's rollback command, if that is the advice, and then a second smoke run.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

use super::smoke;
use crate::config::OBJECTIVES;
use crate::gate::role_of;
use crate::host::environment::withheld;
use crate::host::group;
use crate::report::{Advice, CommandRun, Report, RollBack, RolledBack, RunOutcome, SecondSmoke, StepOutcome};
use crate::run::context::credentials::learn_all;
use crate::run::context::smoke::Smoke;

/// The longest time for one command: a platform needs a minute or two to shift traffic.
const LONGEST: Duration = Duration::from_secs(300);
/// After the end of the command, its remaining output is read for this long.
const REST: Duration = Duration::from_secs(1);
/// How many bytes of the output are kept.
const KEPT: usize = 16 << 10;

/// Runs `command` through `sh -c` once for each service to roll back, then a second smoke run if every command ended
/// with 0.
///
/// The command gets `FIVEWHYS_SERVICE`, `FIVEWHYS_REVISION` (what was deployed) and `FIVEWHYS_PREVIOUS`. The results go
/// to the gate of the report. The function does nothing if the advice is another one, or if the run was stopped. A
/// signal does not stop a running command, because an incomplete rollback is worse; after a second signal nothing waits for
/// it. The exit code stays: a run that was rolled back has failed.
pub async fn roll_back(run: &Smoke, command: &str, report: &mut Report) {
    let Some(gate) = report.gate.as_mut().filter(|gate| gate.advice == Advice::RollBack) else { return };
    if run.conduct.interruption.signal().is_some() {
        return;
    }
    // The command may print secrets that the run did not need.
    learn_all(&run.target, &run.redactor);
    let mut runs = Vec::new();
    for one in &gate.commands {
        runs.push(once(run, command, one).await);
        if !runs.iter().all(|one| one.succeeded) {
            break;
        }
    }
    let done = !runs.is_empty() && runs.iter().all(|one| one.succeeded);
    let after = after(run, &gate.commands);
    let second = if done { smoke(&after, &|_| {}).await.ok().filter(|it| it.interrupted.is_none()) } else { None };
    let second = second.map(|second| in_short(&second));
    let says = match (&second, done) {
        (Some(second), _) if second.outcome == RunOutcome::Passed => "rolled back, and the second smoke run passed",
        (Some(_), _) => "rolled back, and the second smoke run failed too",
        (None, true) => "rolled back, but the second smoke run did not complete",
        (None, false) => "the rollback command failed",
    };
    gate.rolled_back = Some(RolledBack { runs, second });
    report.exit.meaning = format!("{}; {says}", report.exit.meaning);
    if let Some(signal) = run.conduct.interruption.signal() {
        // The second smoke run was interrupted.
        (report.interrupted, report.exit.code) = (Some(signal), signal.exit_code().code());
    }
}

/// Returns the second run. It must test the revisions that the command brought back.
fn after(run: &Smoke, commands: &[RollBack]) -> Smoke {
    let now = |(service, revision): &(String, String)| {
        let role = role_of(service, &run.target);
        let back = commands.iter().find(|one| one.service == role);
        (service.clone(), back.map_or_else(|| revision.clone(), |one| one.to.clone()))
    };
    Smoke { deployed: run.deployed.iter().map(now).collect(), ..run.clone() }
}

async fn once(run: &Smoke, command: &str, one: &RollBack) -> CommandRun {
    let mut bytes = Vec::new();
    let (over, left) = (tokio::time::sleep(LONGEST), run.conduct.interruption.hurried());
    let ended = to_its_end(command, one, (over, left), &mut bytes).await;
    bytes.truncate(KEPT);
    CommandRun {
        service: one.service.clone(),
        command: run.redactor.clean(command),
        succeeded: ended.as_ref().is_ok_and(ExitStatus::success),
        ended: ended.map_or_else(|why| why, |status| status.to_string()),
        output: run.redactor.clean_bytes_lossy(&bytes),
    }
}

/// Runs the command to its end. Standard error goes to standard output, in the order of writing. After the longest
/// time, all processes of the command are ended. If it is `left` alone, it goes on.
async fn to_its_end(
    command: &str,
    one: &RollBack,
    (over, left): (impl Future<Output = ()>, impl Future<Output = ()>),
    bytes: &mut Vec<u8>,
) -> Result<ExitStatus, String> {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("exec 2>&1\n{command}"));
    shell.env("FIVEWHYS_SERVICE", &one.service).env("FIVEWHYS_REVISION", &one.from).env("FIVEWHYS_PREVIOUS", &one.to);
    for name in withheld() {
        shell.env_remove(name);
    }
    // Its own process group: Ctrl-C on the terminal must not reach the command.
    #[cfg(unix)]
    shell.process_group(0);
    shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let cannot = |error: io::Error| format!("cannot be run: {}", error.kind());
    let mut child = shell.spawn().map_err(cannot)?;
    let status = tokio::select! {
        status = ended(&mut child, bytes) => Some(status),
        () = over => None,
        () = left => return Err("was still running when a second signal ended fivewhys".to_owned()),
    };
    match status {
        Some(status) => status.map_err(cannot),
        None => {
            end(&mut child).await;
            Err(format!("not finished after {} s", LONGEST.as_secs()))
        }
    }
}

/// Waits for the end of the command, and reads its output until then.
async fn ended(child: &mut Child, bytes: &mut Vec<u8>) -> io::Result<ExitStatus> {
    let Some(output) = child.stdout.take() else { return child.wait().await };
    let mut read = std::pin::pin!(drain(output, bytes));
    tokio::select! {
        () = &mut read => child.wait().await,
        status = child.wait() => {
            // A background process of the command may keep the pipe open.
            let _ = tokio::time::timeout(REST, &mut read).await;
            status
        }
    }
}

/// Ends the process group. The command may have ended already.
async fn end(child: &mut Child) {
    if let Some(leader) = child.id() {
        group::terminate(leader);
        let _ = tokio::time::timeout(group::GRACE, async {
            let _ = child.wait().await;
            while group::is_there(leader) {
                tokio::time::sleep(group::PAUSE).await;
            }
        })
        .await;
        group::kill(leader);
    }
    let _ = child.kill().await;
}

/// Keeps the first bytes and discards the rest, so that a command with much output is not blocked.
async fn drain(mut from: impl AsyncRead + Unpin, bytes: &mut Vec<u8>) {
    let mut chunk = vec![0; KEPT];
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        let kept = KEPT.saturating_sub(bytes.len()).min(read);
        bytes.extend_from_slice(&chunk[..kept]);
    }
}

fn in_short(second: &Report) -> SecondSmoke {
    let steps = || second.scenarios.iter().flat_map(|one| one.steps.iter().map(move |step| (&one.id, step)));
    let failed = steps().filter(|(_, step)| step.outcome == StepOutcome::Failed);
    SecondSmoke {
        outcome: second.outcome,
        steps: steps().filter(|(id, step)| *id != OBJECTIVES && step.outcome != StepOutcome::Skipped).count(),
        failed: failed.map(|(scenario, step)| format!("{scenario}/{}", step.id)).collect(),
        causes: second.causes.iter().map(|cause| cause.fault.clone()).collect(),
        total_ms: second.timing.total_ms,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Read as _;

    use super::*;

    /// Ends the test if a process survives. No assertion depends on this time.
    const GUARD: Duration = Duration::from_secs(60);

    fn backend() -> RollBack {
        let [service, from, to, command] = ["backend", "b-2", "b-1", ""].map(str::to_owned);
        RollBack { service, from, to, command }
    }

    #[tokio::test]
    async fn a_command_that_takes_too_long_is_killed_with_its_children() {
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("alive");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there");
        assert!(made.success());
        let command = format!("echo begun; (exec sleep 600 >'{}') & wait", pipe.display());
        let (is_alive, alive) = tokio::sync::oneshot::channel();
        let (has_ended, ends) = tokio::sync::oneshot::channel();
        // The pipe opens when the child of the shell opens it, and ends when that child ends.
        std::thread::spawn(move || {
            let mut from = std::fs::File::open(pipe).expect("a pipe");
            is_alive.send(()).expect("the test waits");
            has_ended.send(from.read_to_end(&mut Vec::new()))
        });
        let over = async { alive.await.expect("it is begun") };
        let mut bytes = Vec::new();
        let ended = to_its_end(&command, &backend(), (over, std::future::pending()), &mut bytes).await;
        assert_eq!(ended, Err("not finished after 300 s".to_owned()));
        let read = tokio::time::timeout(GUARD, ends).await.expect("no process survives").expect("the thread says");
        assert_eq!(read.expect("it is read"), 0);
    }
}
