//! Plain words in everything that a user reads. `phrases.txt` lists what is never right.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use regex::Regex;

use super::sources::{below, code, is_test, text};

static PHRASES: LazyLock<Regex> = LazyLock::new(|| {
    let listed = include_str!("phrases.txt").lines().map(str::trim);
    let listed: Vec<&str> = listed.filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    Regex::new(&format!(r"(?i)\b(?:{})\b", listed.join("|"))).expect("phrases.txt holds regular expressions")
});
static LITERAL: LazyLock<Regex> = LazyLock::new(|| Regex::new(r##"(?s)r#*"(.*?)"#*|"((?:\\.|[^"\\])*)""##).unwrap());

/// Old spellings that stay accepted: a literal that is nothing but the old key is an alias, not product text.
const OLD_KEYS: [&str; 9] =
    ["door", "doors", "surface", "surfaces", "carrier", "carriers", "oracle", "surface.", "doors="];

fn wrong(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| PHRASES.is_match(line))
}

fn assert_none(found: &[String]) {
    assert!(found.is_empty(), "tests/structure/phrases.txt lists these words:\n  {}", found.join("\n  "));
}

fn in_files(files: impl IntoIterator<Item = PathBuf>, shown: impl Fn(&Path, &str) -> String) -> Vec<String> {
    let lines = |file: PathBuf| {
        let text = shown(&file, &text(&file));
        wrong(&text).map(|line| format!("{}: {}", file.display(), line.trim())).collect::<Vec<_>>()
    };
    files.into_iter().flat_map(lines).collect()
}

#[test]
fn messages_in_the_source_are_plain() {
    let literals = |_: &Path, text: &str| {
        let code = code(text);
        let found = LITERAL.captures_iter(&code).filter_map(|found| found.get(1).or(found.get(2)));
        let found = found.map(|found| found.as_str()).filter(|literal| !OLD_KEYS.contains(literal));
        found.collect::<Vec<_>>().join("\n")
    };
    let data = |file: &Path| !file.starts_with("harness/selftest/mark/template.rs");
    assert_none(&in_files(below("harness", "rs").into_iter().filter(|file| !is_test(file) && data(file)), literals));
}

#[test]
fn the_catalogue_and_the_scenarios_are_plain() {
    // A pattern quotes what services write.
    let without_patterns =
        |_: &Path, text: &str| text.lines().filter(|line| !line.contains("match = ")).collect::<Vec<_>>().join("\n");
    let files = below("harness/diagnose/faults", "toml").into_iter().chain(below("scenarios", "toml"));
    assert_none(&in_files(files.chain([PathBuf::from("fivewhys.toml")]), without_patterns));
}

#[test]
fn the_pages_for_users_are_plain() {
    let pages = below("docs/users", "md").into_iter().chain(["README.md".into(), "ci/README.md".into()]);
    assert_none(&in_files(pages, |_, text| text.to_owned()));
}

#[test]
fn the_reports_are_plain() {
    let snapshots = below("harness/report", "snap");
    assert!(snapshots.len() > 50);
    assert_none(&in_files(snapshots, |_, text| text.to_owned()));
}

#[test]
fn the_help_texts_are_plain() {
    let mut found = Vec::new();
    for command in [
        "",
        "smoke",
        "merge",
        "twin",
        "selftest",
        "mint",
        "preflight",
        "bisect",
        "contract",
        "check",
        "init",
        "completions",
        "faults",
    ] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_fivewhys"));
        let help = program.args(Some(command).filter(|name| !name.is_empty())).arg("--help").output().expect("it runs");
        assert!(help.status.success(), "{command}");
        let help = String::from_utf8(help.stdout).expect("help is text");
        found.extend(wrong(&help).map(|line| format!("{command} --help: {}", line.trim())));
    }
    assert_none(&found);
}

#[test]
fn a_wrong_phrase_is_seen() {
    assert_eq!(wrong("a good token\nfares like none").collect::<Vec<_>>(), ["fares like none"]);
    assert_eq!(wrong("keep the Doors open").count(), 1);
    assert_eq!(wrong("the endpoint answered").count(), 0);
}
