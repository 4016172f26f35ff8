//! How a watch ends, and what it refuses.

use rstest::rstest;

use super::process::{Place, SHORT};
use super::system::System;
use crate::support::program::{FEW, fivewhys, stderr, stdout};

/// Runs a watch of the built-in twin in an empty folder.
fn offline(place: &Place, options: &[&str]) -> std::process::Output {
    let mut command = fivewhys(["--target", "offline", "watch"]);
    command.args(FEW).args(options).current_dir(place.path()).output().expect("the program starts")
}

#[rstest]
#[case::healthy(&["--once"], 0)]
#[case::with_a_fault(&["--once", "--fault", "backend-auth/service-secret-mismatch"], 1)]
#[case::a_short_time(&["--for", "2s", "--every", "1s"], 0)]
fn a_watch_ends_with_the_code_of_its_last_run(#[case] options: &[&str], #[case] code: i32) {
    let output = offline(&Place::new(), options);
    assert_eq!(output.status.code(), Some(code), "{}{}", stdout(&output), stderr(&output));
}

#[rstest]
#[case::too_often(&["watch", "--every", "100ms"], "1s to 1day")]
#[case::jitter(&["watch", "--jitter", "10"], "0% to 90%")]
#[case::confirm(&["watch", "--open-after", "0"], "whole number from 1")]
#[case::stdin(&["watch", "--logs", "-"], "standard input ends with the first run")]
#[case::twice(&["--target", "offline", "--target", "offline", "watch"], "twice")]
#[case::unknown(&["--target", "offline", "--target", "nowhere", "watch"], "no target `nowhere`")]
#[case::several_for_smoke(&["--target", "offline", "--target", "staging", "smoke"], "has one target")]
#[case::no_folder(&["watch", "--once", "--state", "/no/such/folder/state"], "cannot keep the state")]
fn a_mistake_ends_a_watch_before_it_begins(#[case] arguments: &[&str], #[case] says: &str) {
    let output = fivewhys(arguments).current_dir(Place::new().path()).output().expect("the program starts");
    let said = stderr(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(says), "{said}");
}

#[test]
fn a_state_file_has_one_watch() {
    let (system, place) = (System::start(), Place::new());
    let watch = place.watch(&system.target(), &SHORT);
    watch.run();
    let output = offline(&place, &["--once"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("in use by another process"), "{}", stderr(&output));
    drop(watch);
}

#[test]
fn a_damaged_state_file_is_a_mistake_and_no_bug() {
    let place = Place::new();
    let state = place.path().join("state");
    let once = || offline(&place, &["--once", "--state", "state"]);
    assert_eq!(once().status.code(), Some(0));
    let file = std::fs::File::options().write(true).open(&state).expect("the state file");
    file.set_len(file.metadata().expect("its size").len() / 2).expect("it is cut off");
    let output = once();
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("the state file state is damaged"), "{}", stderr(&output));
}

#[test]
fn production_is_watched_only_if_it_is_named() {
    let (system, place) = (System::start(), Place::new());
    let target = std::fs::read_to_string(system.target()).expect("the target file");
    std::fs::write(system.target(), target.replace("[target.twin]", "[target.twin]\nproduction = true"))
        .expect("a file");
    let run = |arguments: &[&str]| {
        let mut command = fivewhys(["--config"]);
        let command = command.arg(system.target()).args(arguments).args(FEW).current_dir(place.path());
        command.output().expect("the program starts")
    };
    let refused = run(&["watch", "--once"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("production"), "{}", stderr(&refused));
    assert_eq!(run(&["--target", "twin", "watch", "--once"]).status.code(), Some(0));
}

#[test]
fn a_run_that_tests_nothing_is_told_once_and_is_no_cure() {
    let (system, place) = (System::start(), Place::new());
    let secrets = system.target().with_file_name("t.toml.secrets");
    let hidden = secrets.with_extension("hidden");
    let watch = place.watch(&system.target(), &SHORT);
    assert_eq!(watch.run(), "passed");
    assert_eq!(watch.terminate().code(), Some(143));
    std::fs::rename(&secrets, &hidden).expect("they are there");
    let watch = place.watch(&system.target(), &SHORT);
    assert_eq!((watch.run().as_str(), watch.run().as_str()), ("tested", "tested"));
    assert_eq!(watch.terminate().code(), Some(143));
    std::fs::rename(&hidden, &secrets).expect("they are there");
    let watch = place.watch(&system.target(), &[&["--once"], &SHORT[..]].concat());
    assert_eq!(watch.end().code(), Some(0));
    let changes: Vec<String> = place.changes().into_iter().map(|(change, _)| change).collect();
    assert_eq!(changes, ["untested", "tested-again"], "{}", place.errors());
}
