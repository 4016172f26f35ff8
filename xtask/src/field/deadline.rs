//! Child processes that end in time, together with their group.

use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

/// How often a child is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How long a group may take to end after it was asked to. A server of a case ends its nginx in this time.
const TO_END: Duration = Duration::from_secs(5);

/// How a child ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// By itself.
    Exit(ExitStatus),
    /// It was ended at the deadline.
    Late,
    /// It was ended because `is_vain` said so.
    Vain,
}

/// Runs a command in a group of its own, and waits. Ends the whole group at the deadline, or as soon as it runs in vain.
pub(crate) fn run(command: &mut Command, deadline: Duration, is_vain: impl Fn() -> bool) -> Result<End, String> {
    lead_a_group(command);
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command.spawn().map_err(|error| format!("{name}: {error}"))?;
    let ended = wait(&mut child, deadline, is_vain);
    // The group outlives its leader if a descendant does not end with it.
    end_group(&mut child);
    ended.map_err(|error| format!("{name}: {error}"))
}

fn wait(child: &mut Child, deadline: Duration, is_vain: impl Fn() -> bool) -> std::io::Result<End> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(End::Exit(status));
        }
        if start.elapsed() >= deadline {
            return Ok(End::Late);
        }
        if is_vain() {
            return Ok(End::Vain);
        }
        std::thread::sleep(LOOK);
    }
}

#[cfg(unix)]
fn lead_a_group(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

/// Asks the group to end, and ends it by force if it does not. A group that is gone already is no error.
#[cfg(unix)]
fn end_group(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
    let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else { return };
    let _ = kill_process_group(group, Signal::TERM);
    let start = Instant::now();
    while start.elapsed() < TO_END {
        let _ = child.try_wait();
        if test_kill_process_group(group).is_err() {
            return;
        }
        std::thread::sleep(LOOK);
    }
    let _ = kill_process_group(group, Signal::KILL);
    let _ = child.wait();
}

#[cfg(not(unix))]
fn lead_a_group(_: &mut Command) {}

#[cfg(not(unix))]
fn end_group(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use rstest::rstest;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_child_that_ends_in_time_says_how() {
        let end = run(&mut shell("exit 3"), Duration::from_secs(20), || false).expect("there is a shell");
        assert!(matches!(end, End::Exit(status) if status.code() == Some(3)), "{end:?}");
    }

    /// The grandchild ignores TERM and holds a pipe open: the test reads its end.
    #[rstest]
    #[case::late(Duration::from_millis(300), false, End::Late)]
    #[case::in_vain(Duration::from_secs(60), true, End::Vain)]
    fn a_grandchild_ends_with_the_group(#[case] deadline: Duration, #[case] is_vain: bool, #[case] expected: End) {
        use std::io::Read as _;
        let (mut reader, writer) = std::io::pipe().expect("a pipe");
        let mut command = shell("trap '' TERM; sleep 60 & sleep 60");
        command.stdout(writer);
        let start = Instant::now();
        assert_eq!(run(&mut command, deadline, || is_vain), Ok(expected));
        drop(command);
        reader.read_to_end(&mut Vec::new()).expect("the pipe is read");
        assert!(start.elapsed() < Duration::from_secs(30), "the grandchild still runs");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let reason = run(&mut Command::new("/no/such/program"), LOOK, || false).expect_err("it is not there");
        assert!(reason.starts_with("/no/such/program: "), "{reason}");
    }
}
