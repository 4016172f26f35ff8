//! The first source that is not empty wins. An error names sources and never values.

use std::io::Write as _;
use std::path::PathBuf;

use rstest::rstest;

use crate::config::secret::*;

const LONG: &str = "0123456789-0123456789-0123456789";

fn source(sources: Vec<SecretOrigin>, min_bytes: usize) -> SecretSource {
    SecretSource { purpose: "the signing secret of target staging".to_owned(), min_bytes, sources }
}

fn environment(name: &str) -> Option<OsString> {
    match name {
        "LONG" => Some(format!(" {LONG}\n").into()),
        "SHORT" => Some("only-a-short".into()),
        "BLANK" => Some(" \n".into()),
        _ => None,
    }
}

fn env(name: &str) -> SecretOrigin {
    SecretOrigin::Env(name.to_owned())
}

fn sh(script: &str) -> SecretOrigin {
    SecretOrigin::Command(["sh", "-c", script].map(str::to_owned).to_vec())
}

fn file(text: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text).unwrap();
    file
}

#[test]
fn the_first_source_that_is_not_empty_wins_and_is_trimmed() {
    let file = file(b"another-one");
    let sources = vec![env("UNSET"), env("BLANK"), env("LONG"), SecretOrigin::File(file.path().to_owned())];
    assert_eq!(source(sources, 32).read_with(&environment).unwrap().expose_secret(), LONG);
}

#[test]
fn files_and_commands_give_secrets_too() {
    let file = file(b"from-a-file\n");
    let from_file = source(vec![SecretOrigin::File(file.path().to_owned())], 0).read().unwrap();
    let from_command = source(vec![sh("echo from-a-command")], 0).read().unwrap();
    assert_eq!((from_file.expose_secret(), from_command.expose_secret()), ("from-a-file", "from-a-command"));
}

#[test]
fn the_error_of_a_short_secret_names_only_its_source() {
    let error = source(vec![env("SHORT"), env("LONG")], 32).read_with(&environment).unwrap_err();
    let words = format!("{error} {error:?}");
    assert!(words.starts_with("env:SHORT gives 12 bytes, at least 32 are needed"), "{words}");
    assert!(!words.contains("only-a-short"), "{words}");
}

#[test]
fn without_a_secret_every_source_is_listed_with_its_reason() {
    let (empty, large) = (file(b"  "), file(&[b'x'; 65 * 1024]));
    let named = |file: &tempfile::NamedTempFile| SecretOrigin::File(file.path().to_owned());
    let missing = SecretOrigin::File(PathBuf::from("/no/such/file"));
    let sources = vec![env("UNSET"), env("BLANK"), missing, named(&empty), named(&large), sh("exit 3")];
    let SecretError::NotFound { tried, .. } = source(sources, 32).read_with(&environment).unwrap_err() else {
        panic!("another error")
    };
    let reasons: Vec<&str> = tried.iter().map(|tried| &tried[tried.find('(').unwrap()..]).collect();
    let expected = ["(unset)", "(empty)", "(no such file)", "(empty)", "(over 65536 bytes)", "(exit status: 3)"];
    assert_eq!(reasons, expected);
}

#[rstest]
#[case::stderr("echo canary-on-stderr >&2; exit 1")]
#[case::stdout("echo canary-on-stdout; exit 1")]
fn the_output_of_a_failed_command_is_not_shown(#[case] script: &str) {
    let error = source(vec![sh(script)], 0).read().unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
}

#[test]
fn without_any_source_the_error_says_so() {
    let error = source(Vec::new(), 0).read().unwrap_err().to_string();
    assert_eq!(error, "the signing secret of target staging was not found: the target names no source for it");
}

#[test]
fn debug_of_a_held_secret_does_not_show_it() {
    let held = source(vec![SecretOrigin::Held(SecretString::from("canary-held"))], 0);
    assert!(!format!("{held:?} {}", held.sources[0]).contains("canary"));
}
