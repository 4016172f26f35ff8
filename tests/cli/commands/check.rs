//! `fivewhys check` and `fivewhys init`, as a new user runs them.

use std::path::Path;

use rstest::rstest;

use crate::support::program::{fivewhys, run, stderr, stdout};

fn in_folder(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = fivewhys(arguments).current_dir(folder).output().expect("it starts");
    (output.status.code(), stdout(&output).to_owned(), stderr(&output).to_owned())
}

#[test]
fn init_writes_a_valid_file_and_overwrites_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, said, _) = in_folder(folder.path(), &["init"]);
    assert_eq!((code, said.lines().count()), (Some(0), 1), "{said}");
    let written = std::fs::read_to_string(folder.path().join("fivewhys.toml")).expect("it is written");
    let (code, said, errors) = in_folder(folder.path(), &["check"]);
    assert_eq!(code, Some(0), "{errors}");
    assert!(said.ends_with("no mistake in 1 file: 1 target; nothing was sent\n"), "{said}");
    std::fs::write(folder.path().join("fivewhys.toml"), "mine").expect("a file");
    let (code, said, errors) = in_folder(folder.path(), &["init"]);
    assert_eq!((code, said.as_str()), (Some(2), ""), "{errors}");
    assert!(errors.contains("fivewhys.toml already exists") && errors.contains("--force"), "{errors}");
    assert_eq!(std::fs::read_to_string(folder.path().join("fivewhys.toml")).expect("it is there"), "mine");
    assert_eq!(in_folder(folder.path(), &["init", "--force"]).0, Some(0));
    assert_eq!(std::fs::read_to_string(folder.path().join("fivewhys.toml")).expect("it is there"), written);
}

#[test]
fn a_target_that_is_not_filled_in_is_no_mistake() {
    let folder = tempfile::tempdir().expect("a folder");
    in_folder(folder.path(), &["init"]);
    let (code, said, errors) = in_folder(folder.path(), &["check"]);
    let first = "to do: the target `staging` of fivewhys.toml is not filled in: replace each value FILL-IN and each address of example.com";
    assert_eq!((code, said.lines().next()), (Some(0), Some(first)), "{errors}");
    let file = folder.path().join("fivewhys.toml");
    let written = std::fs::read_to_string(&file).expect("it is written");
    std::fs::write(&file, written.replace("example.com", "acme.test").replace("FILL-IN", "known")).expect("a file");
    let (_, said, errors) = in_folder(folder.path(), &["check"]);
    assert_eq!(said, "no mistake in 1 file: 1 target; nothing was sent\n", "{errors}");
}

#[test]
fn what_init_writes_drives_the_twin() {
    let folder = tempfile::tempdir().expect("a folder");
    in_folder(folder.path(), &["init"]);
    let (code, said, errors) = in_folder(folder.path(), &["smoke", "--target", "offline"]);
    assert_eq!(code, Some(0), "{said}{errors}");
}

#[test]
fn every_mistake_is_shown_in_its_place_and_nothing_is_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let marker = folder.path().join("run");
    let target = format!(
        "[target.mine]\nbackend = \"http://no-such-host.invalid\"\nauth = \"ftp://x\"\ndoors = [\"window\"]\n\
         signing_secret = ['command:[\"touch\", \"{}\"]']\nuser.primary = {{ sub = \"s\", email = \"e\" }}\n\
         claims = {{ iss = \"i\" }}\nendpoint.\"backend.health\" = {{ path = \"/health\" }}\n",
        marker.display()
    );
    std::fs::write(folder.path().join("t.toml"), target).expect("a file");
    let scenario = "title = \"t\"\n[[step]]\nid = \"a\"\ncall = \"backend.health\"\n[step.expect]\nstatus = \"x\"\n";
    std::fs::create_dir(folder.path().join("s")).expect("a folder");
    std::fs::write(folder.path().join("s/one.toml"), scenario).expect("a file");
    std::fs::write(folder.path().join("s/two.toml"), "title = \"t\"\n[[step]]\n").expect("a file");
    let (code, said, errors) = in_folder(folder.path(), &["check", "t.toml", "s"]);
    assert_eq!((code, said.as_str()), (Some(2), ""), "{errors}");
    for place in [
        "note: t.toml:4:1: `doors` is",
        "t.toml:3:8",
        "t.toml:4:10",
        "one.toml:6:10",
        "two.toml:2:1",
        "4 mistakes",
        "3 files read",
    ] {
        assert!(errors.contains(place), "`{place}` is not in: {errors}");
    }
    assert!(!marker.exists(), "a command was run");
}

#[test]
fn a_secret_in_a_file_that_is_checked_is_not_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "[target.mine]\nbackned = \"http://x\"\nsigning_secret = \"canary-canary-canary-canary-canary\"\n";
    std::fs::write(folder.path().join("t.toml"), text).expect("a file");
    let (code, _, errors) = in_folder(folder.path(), &["check", "t.toml"]);
    assert_eq!(code, Some(2));
    assert!(!errors.contains("canary") && errors.contains("the source of the secret"), "{errors}");
}

#[rstest]
#[case::nothing_here(&["check"], &["nothing to check", "fivewhys init"])]
#[case::no_such_file(&["check", "/nowhere.toml"], &["/nowhere.toml"])]
#[case::not_ours(&["check", "/etc/hostname"], &["not a target file", "[[step]]"])]
#[case::no_such_config(&["check", "--config", "/nowhere.toml"], &["/nowhere.toml"])]
fn a_check_of_nothing_is_a_mistake(#[case] arguments: &[&str], #[case] words: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, said, errors) = in_folder(folder.path(), arguments);
    assert_eq!((code, said.as_str()), (Some(2), ""), "{errors}");
    assert!(words.iter().all(|word| errors.contains(word)), "{errors}");
}

#[test]
fn an_empty_folder_is_nothing_to_check() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run(["check", folder.path().to_str().expect("a path")]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
}
