//! Runs the command that a target names, with a deadline and a size limit. Drops its standard error.

use std::io::{self, Read as _};
use std::process::{ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::host::blocking::{GivenUp, still, within};
use crate::host::environment::{added, withheld};
use crate::host::group::{Group, PAUSE, is_stopped};

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
    #[error("was stopped, because a signal ends the program")]
    Stopped,
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
/// When the command cannot start, fails or does not end within `limit`, when `read` fails, or when a signal ends the
/// program. All processes of the command then end in the background.
pub(crate) fn stream<T: Send + 'static>(
    words: &[String],
    limit: Duration,
    read: impl FnOnce(ChildStdout) -> Result<T, CommandError> + Send + 'static,
) -> Result<T, CommandError> {
    let deadline = Instant::now() + limit;
    let mut command = prepared(words)?;
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let group = Group::start(&mut command).map_err(|error| CommandError::NotStarted(error.kind()))?;
    finished(group, limit, |group| output(group, read, deadline))
}

/// Runs a command with this input and these variables, and drops its output. Blocks.
///
/// # Errors
/// As [`run`].
#[cfg(feature = "watch")]
pub(crate) fn feed(
    words: &[String],
    variables: &[(&str, String)],
    input: Vec<u8>,
    limit: Duration,
) -> Result<(), CommandError> {
    use std::io::Write as _;

    let deadline = Instant::now() + limit;
    let mut command = prepared(words)?;
    command.stdin(Stdio::piped()).stdout(Stdio::null()).envs(variables.iter().map(|(name, value)| (name, value)));
    let mut group = Group::start(&mut command).map_err(|error| CommandError::NotStarted(error.kind()))?;
    if let Some(mut stdin) = group.input() {
        // A command that does not read its input ends this thread with it.
        thread::spawn(move || stdin.write_all(&input));
    }
    finished(group, limit, |group| ended(group, deadline))
}

/// Returns a command without the secrets of the target, whose standard error is dropped.
fn prepared(words: &[String]) -> Result<Command, CommandError> {
    let (program, arguments) = words.split_first().ok_or(CommandError::NoProgram)?;
    let mut command = Command::new(program);
    command.args(arguments).stderr(Stdio::null()).envs(added());
    for name in withheld() {
        command.env_remove(name);
    }
    Ok(command)
}

/// Leaves a group alone that has done its `work`, and ends any other in the background.
fn finished<T>(
    mut group: Group,
    limit: Duration,
    work: impl FnOnce(&mut Group) -> Result<T, Option<CommandError>>,
) -> Result<T, CommandError> {
    let outcome = work(&mut group);
    match outcome {
        Ok(_) => group.release(),
        // The grace must not delay the run.
        Err(_) => drop(thread::spawn(move || group.end())),
    }
    outcome.map_err(|stopped| stopped.unwrap_or(CommandError::TimedOut(limit)))
}

/// Reads the output up to the deadline. An error of `None` means that the deadline has passed.
fn output<T: Send + 'static>(
    group: &mut Group,
    read: impl FnOnce(ChildStdout) -> Result<T, CommandError> + Send + 'static,
    deadline: Instant,
) -> Result<T, Option<CommandError>> {
    let stdout = group.output().ok_or(None)?;
    // A grandchild may hold the pipe open for ever.
    let made = within(deadline, move || read(stdout)).map_err(given_up)?.map_err(Some)?;
    ended(group, deadline).map(|()| made)
}

/// Waits until the command has succeeded, up to the deadline.
fn ended(group: &mut Group, deadline: Instant) -> Result<(), Option<CommandError>> {
    loop {
        match group.ended() {
            Ok(Some(status)) if status.success() => return Ok(()),
            // A signal to the program has ended the command.
            Ok(Some(_)) if is_stopped() => return Err(Some(CommandError::Stopped)),
            Ok(Some(status)) => return Err(Some(CommandError::Failed(status))),
            Ok(None) => still(deadline).map_err(given_up)?,
            Err(error) => return Err(Some(CommandError::Unreadable(error.kind()))),
        }
        thread::sleep(PAUSE);
    }
}

fn given_up(why: GivenUp) -> Option<CommandError> {
    match why {
        GivenUp::TimedOut => None,
        GivenUp::Stopped => Some(CommandError::Stopped),
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

    /// Returns whether a process that writes its id to this file is there.
    #[cfg(unix)]
    fn is_there(file: &std::path::Path) -> bool {
        let id = std::fs::read_to_string(file).expect("it wrote its id");
        let id = rustix::process::Pid::from_raw(id.trim().parse().expect("a number")).expect("an id");
        rustix::process::test_kill_process(id).is_ok()
    }

    #[cfg(unix)]
    #[rstest]
    #[case::a_child("sh -c 'echo $$ >FILE; exec sleep 60' & wait")]
    #[case::a_child_that_ignores_a_polite_end("sh -c 'trap \"\" TERM; echo $$ >FILE; exec sleep 60' & wait")]
    #[case::a_grandchild("sh -c 'sh -c \"echo \\$\\$ >FILE; exec sleep 60\" & exit 0'; sleep 60")]
    fn the_whole_group_ends_at_the_deadline(#[case] script: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("id");
        let script = script.replace("FILE", &file.display().to_string());
        // Long enough for a shell to start on a busy machine; the test waits for the end of what it left.
        let error = run(&words(&["sh", "-c", &script]), 100, Duration::from_secs(2)).unwrap_err();
        assert!(matches!(error, CommandError::TimedOut(_)), "{error}");
        let guard = Instant::now() + LONG;
        while is_there(&file) {
            assert!(Instant::now() < guard, "a process survived");
            thread::sleep(PAUSE);
        }
    }

    #[test]
    fn a_command_with_endless_output_is_stopped() {
        let error = run(&words(&["yes"]), 1000, LONG).unwrap_err();
        assert!(matches!(error, CommandError::TooLarge(1000)), "{error}");
    }

    #[cfg(feature = "watch")]
    #[test]
    fn a_command_reads_its_input_and_its_variables() {
        let folder = tempfile::tempdir().expect("a folder");
        let script = format!("cat >{0}/in; printf %s \"$GIVEN\" >{0}/variable", folder.path().display());
        let input = vec![b'x'; 1 << 20];
        feed(&words(&["sh", "-c", &script]), &[("GIVEN", "a value".to_owned())], input, LONG).expect("it ends");
        assert_eq!(std::fs::metadata(folder.path().join("in")).expect("a file").len(), 1 << 20);
        assert_eq!(std::fs::read_to_string(folder.path().join("variable")).expect("a file"), "a value");
    }

    #[cfg(feature = "watch")]
    #[rstest]
    #[case::does_not_read("exit 0", true)]
    #[case::fails("exit 3", false)]
    #[case::never_ends("sleep 60", false)]
    fn a_command_may_leave_its_input(#[case] script: &str, #[case] succeeds: bool) {
        let limit = if script.starts_with("sleep") { Duration::from_millis(100) } else { LONG };
        let done = feed(&words(&["sh", "-c", script]), &[], vec![b'x'; 1 << 20], limit);
        assert_eq!(done.is_ok(), succeeds, "{done:?}");
    }

    #[test]
    fn a_missing_program_cannot_be_started() {
        let error = run(&words(&["/no/such/program"]), 1000, LONG).unwrap_err();
        assert!(matches!(error, CommandError::NotStarted(io::ErrorKind::NotFound)), "{error}");
    }
}
