//! Evidence that a person supplies to settle an open verdict: by the command in the report, or by `--ask`, which runs it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use fivewhys::internal::diagnose::Certainty;
use fivewhys::internal::report::Report;
use rstest::rstest;
use tempfile::TempDir;

use crate::support::fetch::fetch;
use crate::support::program::{TwinProcess, fivewhys, run, stderr, stdout};

const MISMATCH: &str = "backend-auth/service-secret-mismatch";
const EVIDENCES: &str = "edge,auth,service-credentials";

/// A twin with a fault, in a process of its own.
struct Faulty {
    twin: TwinProcess,
}

impl Faulty {
    fn start() -> Self {
        Self { twin: TwinProcess::start(&["--fault", MISMATCH]) }
    }

    fn url(&self, end: &str) -> String {
        let printed = self.twin.printed();
        printed.split_whitespace().find(|word| word.ends_with(end)).expect("the twin prints it").to_owned()
    }

    fn arguments(&self) -> Vec<String> {
        let target = self.twin.target().display().to_string();
        ["--config", &target, "smoke", "--evidence", EVIDENCES].map(str::to_owned).to_vec()
    }
}

fn report(stdout: &[u8]) -> Report {
    serde_json::from_slice(stdout).expect("a report")
}

#[test]
fn the_command_of_a_report_hands_its_output_to_the_next_run() {
    let faulty = Faulty::start();
    let json = ["--format".to_owned(), "json".to_owned()];
    let open: Report = report(&run([&faulty.arguments()[..], &json].concat()).stdout);
    let settling = open.causes[0].settled_by.clone().expect("something would settle it");
    assert!(settling.leaves < settling.of as f64 && settling.splits.len() > 1, "{settling:?}");
    assert!(settling.command.is_some() && !settling.argv.is_empty(), "{settling:?}");
    let both = fetch(&faulty.url("backend.json")) + &fetch(&faulty.url("auth.json"));
    let handed = [&faulty.arguments()[..], &json, &["--manifest".to_owned(), "-".to_owned()]].concat();
    let settled = report(&fivewhys(handed).write_stdin(both).output().expect("it starts").stdout);
    assert_eq!((&*settled.causes[0].fault, settled.causes[0].certainty), (MISMATCH, Certainty::Likely));
    assert!(settled.evidence.contains(&"manifest".to_owned()), "{:?}", settled.evidence);
}

#[rstest]
#[case::json("--manifest", "{\n  \"metadata\": }", "standard input, line 2, column 15")]
#[case::unknown_service("--manifest", r#"{"metadata":{"name":"x"},"spec":{"containers":[{}]}}"#, "`x`")]
#[case::log("--logs", "[{}]", "no log")]
fn bad_evidence_is_a_mistake_before_anything_is_sent(#[case] option: &str, #[case] given: &str, #[case] says: &str) {
    let output = fivewhys(["smoke", option, "-"]).write_stdin(given).output().expect("it starts");
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
    assert!(stderr(&output).contains(says), "{}", stderr(&output));
}

#[rstest]
#[case::twice(&["smoke", "--manifest", "-", "--logs", "-"], "standard input can be read once")]
#[case::no_file(&["smoke", "--manifest", "backend=nowhere.json"], "nowhere.json")]
#[case::no_terminal(&["smoke", "--ask"], "--ask needs a terminal")]
fn evidence_that_cannot_be_read_is_a_mistake(#[case] arguments: &[&str], #[case] says: &str) {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains(says), "{}", stderr(&output));
}

/// A folder with a `gcloud` that gives the twin's own evidence and writes down how it was called.
fn fake_gcloud(faulty: &Faulty) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, end) in [("backend", "backend.json"), ("auth", "auth.json")] {
        fs::write(folder.path().join(name), fetch(&faulty.url(end))).expect("a file");
    }
    let here = folder.path().display();
    let script = format!(
        "#!/bin/sh\necho \"$*\" >> {here}/called\ncase \"$*\" in\n\
         \"run services describe netra-backend\"*) cat {here}/backend ;;\n\
         \"run services describe netra-auth\"*) cat {here}/auth ;;\n\
         \"run services list \"*) cat {here}/backend {here}/auth ;;\n\
         \"logging read \"*) echo [] ;;\n\
         *) exit 1 ;;\nesac\n"
    );
    let gcloud = folder.path().join("gcloud");
    fs::write(&gcloud, script).expect("a file");
    fs::set_permissions(&gcloud, fs::Permissions::from_mode(0o755)).expect("it is ours");
    folder
}

/// The target's own sources taken out: what is left are the operator's names.
fn without_sources(target: &Path) {
    let mut file: toml::Table = toml::from_str(&fs::read_to_string(target).expect("a file")).expect("TOML");
    let twin = file["target"]["twin"].as_table_mut().expect("a target");
    twin.remove("manifest");
    twin.remove("logs");
    // A target on this machine has no platform unless it says so.
    twin.insert("platform".to_owned(), "cloud-run".into());
    fs::write(target, toml::to_string(&file).expect("TOML")).expect("it is ours");
}

/// `fivewhys … --ask` on a terminal of its own, with these lines typed. What it showed, and how `gcloud` was called.
#[cfg(target_os = "linux")]
fn asked(typed: &str) -> (String, String) {
    let faulty = Faulty::start();
    let folder = fake_gcloud(&faulty);
    without_sources(&faulty.twin.target());
    let program = assert_cmd::cargo::cargo_bin!("fivewhys").display().to_string();
    let words = [&[program][..], &faulty.arguments(), &["--ask".to_owned()]].concat();
    let command = shlex::try_join(words.iter().map(String::as_str)).expect("it can be quoted");
    let mut script = assert_cmd::Command::new("script");
    script.args(["--quiet", "--return", "--command", &command, "/dev/null"]).env_clear();
    script.env("PATH", format!("{}:/usr/bin:/bin", folder.path().display())).env("LANG", "C.UTF-8");
    let output = script.write_stdin(typed).output().expect("script (Debian: bsdutils) is there");
    let called = fs::read_to_string(folder.path().join("called")).unwrap_or_default();
    (stdout(&output).to_owned(), called)
}

#[test]
#[cfg(target_os = "linux")]
fn a_yes_runs_the_command_and_the_verdict_is_settled() {
    let (shown, called) = asked("y\ny\ny\ny\ny\ny\n");
    assert!(shown.contains("run it? [y/N]"), "{shown}");
    assert!(shown.contains(MISMATCH) && shown.contains("exit 1"), "{shown}");
    let reads = |line: &str| line.starts_with("run services ") || line.starts_with("logging read ");
    assert!(called.lines().count() > 0 && called.lines().all(reads), "{called}");
    assert!(called.lines().all(|line| line.contains("--project=netra-staging")), "{called}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_no_runs_nothing() {
    let (shown, called) = asked("n\n\nno\nn\nn\nn\nn\nn\n");
    assert!(shown.contains("run it? [y/N]") && shown.contains("exit 3"), "{shown}");
    assert_eq!(called, "");
}
