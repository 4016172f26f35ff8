//! Runs the command that a source names, with a deadline and a size limit. Drops its standard error.

use std::io::{self, Read as _};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// The pause between two checks of whether the command has ended.
const PAUSE: Duration = Duration::from_millis(5);

/// Why a command gave no output. The message does not quote standard error, which may hold the secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error("names no program")]
    NoProgram,
    #[error("cannot be started: {0}")]
    NotStarted(io::ErrorKind),
    #[error("cannot be read: {0}")]
    Unreadable(io::ErrorKind),
    #[error("{0}")]
    Failed(ExitStatus),
    #[error("printed more than {0} bytes")]
    TooLarge(u64),
    #[error("did not end within {} s", .0.as_secs())]
    TimedOut(Duration),
}

/// Runs a command and returns its standard output. Blocks.
///
/// # Errors
/// When the command cannot start, fails, prints more than `most` bytes or does not end within `limit`.
pub(crate) fn run(words: &[String], most: u64, limit: Duration) -> Result<Vec<u8>, CommandError> {
    stream(words, limit, move |output| {
        let mut bytes = Vec::new();
        output.take(most + 1).read_to_end(&mut bytes).map_err(|error| CommandError::Unreadable(error.kind()))?;
        if bytes.len() as u64 > most { Err(CommandError::TooLarge(most)) } else { Ok(bytes) }
    })
}

/// Runs a command and returns what `read` makes of its standard output. Blocks.
///
/// # Errors
/// When the command cannot start, fails or does not end within `limit`, or when `read` fails.
pub(crate) fn stream<T: Send + 'static>(
    words: &[String],
    limit: Duration,
    read: impl FnOnce(ChildStdout) -> Result<T, CommandError> + Send + 'static,
) -> Result<T, CommandError> {
    let deadline = Instant::now() + limit;
    let (program, arguments) = words.split_first().ok_or(CommandError::NoProgram)?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| CommandError::NotStarted(error.kind()))?;
    let outcome =
        output(&mut child, read, deadline).map_err(|stopped| stopped.unwrap_or(CommandError::TimedOut(limit)));
    if outcome.is_err() {
        // Errors mean that it has ended already.
        let _ = child.kill();
        let _ = child.wait();
    }
    outcome
}

/// Reads the output up to the deadline. An error of `None` means that the deadline has passed.
fn output<T: Send + 'static>(
    child: &mut Child,
    read: impl FnOnce(ChildStdout) -> Result<T, CommandError> + Send + 'static,
    deadline: Instant,
) -> Result<T, Option<CommandError>> {
    let (sender, receiver) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        // A separate thread, because a grandchild may hold the pipe open for ever.
        thread::spawn(move || {
            let _ = sender.send(read(stdout));
        });
    }
    let left = deadline.saturating_duration_since(Instant::now());
    let made = receiver.recv_timeout(left).map_err(|_| None)?.map_err(Some)?;
    let status = wait(child, deadline)?;
    if status.success() { Ok(made) } else { Err(Some(CommandError::Failed(status))) }
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
    fn a_command_with_endless_output_is_stopped() {
        let error = run(&words(&["yes"]), 1000, LONG).unwrap_err();
        assert!(matches!(error, CommandError::TooLarge(1000)), "{error}");
    }

    #[test]
    fn a_missing_program_cannot_be_started() {
        let error = run(&words(&["/no/such/program"]), 1000, LONG).unwrap_err();
        assert!(matches!(error, CommandError::NotStarted(io::ErrorKind::NotFound)), "{error}");
    }
}
