//! Files, names of files and arguments with characters that act on a terminal: none reaches it, and no error floods it.

use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;
use std::process::Output;

use rstest::rstest;

use crate::support::program::fivewhys;

/// Clears the screen, rings, reorders, returns to the start of the line, hides.
const HOSTILE: &str = "\u{1b}[2J\u{7}\u{202e}x\ry\u{9b}31m\u{200b}\u{2066}z";
/// The same in TOML and JSON, where it cannot stand as it is.
const ESCAPED: &str = r"\u001b[2J\u0007\u202ex\ry\u009b31m\u200b\u2066z";
/// The most that an error may print, in bytes.
const SCREEN: usize = 8 << 10;

fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn harmless(output: &Output, what: &str) {
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        let text = std::str::from_utf8(bytes).unwrap_or_else(|_| panic!("{what}: {name} is not UTF-8"));
        assert_eq!(text.find(is_hidden), None, "{what}: {name}: {text:?}");
    }
    assert!(output.stderr.len() < SCREEN, "{what}: {} bytes on stderr", output.stderr.len());
}

fn at(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = fivewhys(arguments);
    command.env("FIVEWHYS_LOG", "debug").current_dir(folder).output().expect("it starts")
}

/// The files of each kind: with the text as it is, and escaped where the format has escapes. A file of TOML is read as far as its first error.
fn files(text: &str, escaped: &str) -> Vec<(&'static str, String)> {
    vec![
        ("raw.toml", format!("default = \"{text}\"\n[target.a]\n")),
        ("key.toml", format!("[target.a]\n\"{escaped}\" = 1\n")),
        ("value.toml", format!("default = \"{escaped}\"\n[target.a]\nbackend = \"{escaped}\"\n")),
        ("name.toml", format!("[target.\"{escaped}\"]\nbackend = \"http://a.example\"\n")),
        ("comment.toml", format!("# {text}\n[target.a]\nbackned = 1\n")),
        ("scenario.toml", format!("title = \"{escaped}\"\n[[step]]\nid = \"{escaped}\"\ncall = \"{escaped}\"\n")),
        ("catalogue.toml", format!("[\"backend/{escaped}\"]\ntitle = \"{escaped}\"\n")),
        ("contract.toml", format!("[backend.\"{escaped}\"]\nwhat = \"{escaped}\"\n")),
        ("manifest.json", format!("{{\"kind\": \"{escaped}\", \"metadata\": {{\"name\": \"{escaped}\"}}}}")),
        ("manifest.yaml", format!("kind: \"{escaped}\"\nspec: [\n{text}\n")),
        ("raw.json", format!("{{\"kind\": \"{text}\"")),
        ("backend.env", format!("{text}=1\nA{text}\n")),
        ("log.log", format!("2026-11-22T03:00:00Z ERROR {text}\n{text}\n")),
        (
            "run.har",
            format!("{{\"log\": {{\"version\": \"{escaped}\", \"entries\": [{{\"request\": \"{escaped}\"}}]}}}}"),
        ),
        (
            "report.json",
            format!("{{\"schema\": \"fivewhys/report/2\", \"target\": \"{escaped}\", \"outcome\": \"{escaped}\"}}"),
        ),
        ("schema.json", format!("{{\"schema\": \"{escaped}\"}}")),
    ]
}

/// The commands that read a file.
const READERS: [&[&str]; 13] = [
    &["check", "FILE"],
    &["check", "FILE", "--catalogue", "FILE"],
    &["smoke", "--config", "FILE"],
    &["smoke", "--scenarios", "FOLDER", "--scenario", "none"],
    &["faults", "--catalogue", "FILE"],
    &["smoke", "--scenario", "health", "--manifest", "FILE"],
    &["smoke", "--scenario", "health", "--logs", "FILE"],
    &["smoke", "--scenario", "health", "--baseline", "FILE"],
    &["preflight", "FILE"],
    &["preflight", "FILE", "--contract", "FILE"],
    &["explain", "FILE"],
    &["merge", "FILE"],
    &["contract", "--from", "FILE"],
];

fn read(folder: &Path, name: &str, content: &[u8]) {
    fs::write(folder.join(name), content).expect("a file");
    let folder_of_file = folder.join("of-it");
    fs::create_dir_all(&folder_of_file).expect("a folder");
    fs::write(folder_of_file.join("s.toml"), content).expect("a file");
    for reader in READERS {
        let arguments: Vec<String> =
            reader.iter().map(|word| word.replace("FILE", name).replace("FOLDER", "of-it")).collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        harmless(&at(folder, &arguments), &format!("{arguments:?}"));
    }
}

#[rstest]
fn no_file_acts_on_the_terminal(#[values(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)] n: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let (name, content) = files(HOSTILE, ESCAPED).swap_remove(n);
    read(folder.path(), name, content.as_bytes());
}

#[test]
fn no_name_of_a_file_acts_on_the_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    for content in ["", "[target.a]\nbackned = 1\n", "title = 1\n", "{", "2026-11-22T03:00:00Z ERROR x\n"] {
        read(folder.path(), &format!("{HOSTILE}.toml"), content.as_bytes());
    }
    for arguments in [["init", HOSTILE], ["init", HOSTILE], ["explain", HOSTILE], ["merge", HOSTILE], ["check", "."]] {
        harmless(&at(folder.path(), &arguments), &format!("{arguments:?}"));
    }
    let report = format!("json={HOSTILE}/none/r.json");
    harmless(&at(folder.path(), &["smoke", "--report", &report]), "a report");
}

#[rstest]
#[case(&["smoke", "--scenario", "TEXT"])]
#[case(&["smoke", "--target", "TEXT"])]
#[case(&["smoke", "--config", "TEXT"])]
#[case(&["smoke", "--set", "TEXT"])]
#[case(&["smoke", "--set", "budget.run=TEXT"])]
#[case(&["smoke", "--evidence", "TEXT"])]
#[case(&["smoke", "--format", "TEXT"])]
#[case(&["smoke", "--report", "TEXT"])]
#[case(&["smoke", "--report", "json=/TEXT/x"])]
#[case(&["smoke", "--fault", "TEXT"])]
#[case(&["smoke", "--deployed", "TEXT"])]
#[case(&["smoke", "--shard", "TEXT"])]
#[case(&["smoke", "--jobs", "TEXT"])]
#[case(&["smoke", "--fail-on", "TEXT"])]
#[case(&["smoke", "--TEXT"])]
#[case(&["TEXT"])]
#[case(&["mint", "TEXT"])]
#[case(&["faults", "TEXT"])]
#[case(&["explain", "--demo", "TEXT"])]
#[case(&["check", "TEXT"])]
#[case(&["record", "--into", "/dev/null/TEXT"])]
#[case(&["twin", "--write-target", "/dev/null/TEXT"])]
#[case(&["bisect", "TEXT", "TEXT"])]
fn no_argument_acts_on_the_terminal(#[case] arguments: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    for text in [HOSTILE, &"w".repeat(100_000)] {
        let arguments: Vec<String> = arguments.iter().map(|word| word.replace("TEXT", text)).collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        harmless(&at(folder.path(), &arguments), &format!("{:.60}", format!("{arguments:?}")));
    }
}

#[test]
fn an_argument_that_is_no_text_is_harmless() {
    let argument = std::ffi::OsString::from_vec(b"\xff\x1b[2J".to_vec());
    for before in [&["smoke", "--scenario"][..], &["check"], &["smoke", "--config"]] {
        let mut command = fivewhys(before);
        harmless(&command.arg(&argument).output().expect("it starts"), &format!("{before:?}"));
    }
}

#[test]
fn a_line_of_30_mb_is_not_quoted_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let long = "w".repeat(30 << 20);
    let contents = [
        format!("default = \"{long}\"\n[target.a]\nbackned = 1\n"),
        format!("[target.a]\nbackend = \"{long}\"\n"),
        format!("[target.a]\nbackend = 1 # {long}\n"),
    ];
    for content in contents {
        fs::write(folder.path().join("t.toml"), content).expect("a file");
        let output = at(folder.path(), &["smoke", "--config", "t.toml"]);
        assert_eq!(output.status.code(), Some(2));
        harmless(&output, "a long line");
    }
}
