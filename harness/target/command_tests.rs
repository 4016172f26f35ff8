//! A command that hangs, floods or is not there is stopped by a limit.

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
