//! Runs the command that a source names: a deadline, a size limit, and nothing of its standard error. Sits in `target`; `evidence` runs
//! its own with it.

use std::io::{self, Read as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Between two looks at whether a command that has closed its output has ended.
const PAUSE: Duration = Duration::from_millis(5);

/// Why a command gave nothing. Standard error is not quoted: it may hold the secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error("no program is named")]
    NoProgram,
    #[error("cannot be started: {0}")]
    NotStarted(io::ErrorKind),
    #[error("cannot be read: {0}")]
    Unreadable(io::ErrorKind),
    #[error("{0}")]
    Failed(ExitStatus),
    #[error("gave over {0} bytes")]
    TooLarge(u64),
    #[error("did not end within {} s", .0.as_secs())]
    TimedOut(Duration),
}

/// Standard output of the command, of at most so many bytes, if it ends within this time. Blocks.
pub(crate) fn run(words: &[String], most: u64, limit: Duration) -> Result<Vec<u8>, CommandError> {
    let deadline = Instant::now() + limit;
    let (program, arguments) = words.split_first().ok_or(CommandError::NoProgram)?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| CommandError::NotStarted(error.kind()))?;
    let outcome =
        output(&mut child, most, deadline).map_err(|stopped| stopped.unwrap_or(CommandError::TimedOut(limit)));
    if outcome.is_err() {
        // It may have ended already: then there is nothing to kill.
        let _ = child.kill();
        let _ = child.wait();
    }
    outcome
}

/// An error of nothing says that the time is over.
fn output(child: &mut Child, most: u64, deadline: Instant) -> Result<Vec<u8>, Option<CommandError>> {
    let (sender, receiver) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        // On a thread of its own: a grandchild may hold the pipe open for ever.
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = stdout.take(most + 1).read_to_end(&mut bytes).map(|_| bytes);
            let _ = sender.send(read);
        });
    }
    let left = deadline.saturating_duration_since(Instant::now());
    let bytes = receiver.recv_timeout(left).map_err(|_| None)?;
    let bytes = bytes.map_err(|error| Some(CommandError::Unreadable(error.kind())))?;
    if bytes.len() as u64 > most {
        return Err(Some(CommandError::TooLarge(most)));
    }
    let status = wait(child, deadline)?;
    if status.success() { Ok(bytes) } else { Err(Some(CommandError::Failed(status))) }
}

fn wait(child: &mut Child, deadline: Instant) -> Result<ExitStatus, Option<CommandError>> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if Instant::now() < deadline => thread::sleep(PAUSE),
            Ok(None) => return Err(None),
            Err(error) => return Err(Some(CommandError::Unreadable(error.kind()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const LONG: Duration = Duration::from_secs(30);

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[rstest]
    #[case::holds_its_output_open(&["sleep", "60"])]
    #[case::closes_its_output_and_stays(&["sh", "-c", "exec >&-; exec sleep 60"])]
    #[case::leaves_a_child_behind(&["sh", "-c", "sleep 3 & exit 0"])]
    fn a_command_that_does_not_end_is_stopped(#[case] command: &[&str]) {
        let error = run(&words(command), 100, Duration::from_millis(100)).unwrap_err();
        assert!(matches!(error, CommandError::TimedOut(_)), "{error}");
    }

    #[test]
    fn a_command_that_never_stops_talking_is_cut_off() {
        let error = run(&words(&["yes"]), 1000, LONG).unwrap_err();
        assert!(matches!(error, CommandError::TooLarge(1000)), "{error}");
    }

    #[test]
    fn a_program_that_is_not_there_cannot_be_started() {
        let error = run(&words(&["/no/such/program"]), 1000, LONG).unwrap_err();
        assert!(matches!(error, CommandError::NotStarted(io::ErrorKind::NotFound)), "{error}");
    }
}
