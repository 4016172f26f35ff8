//! The built binary, run as a user runs it: in a folder of its own, with nothing of this machine's environment.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command as StdCommand, Output, Stdio};
use std::time::Duration;

use assert_cmd::Command;
use tempfile::TempDir;

/// Guards against a program that never ends; no test depends on how long anything takes.
const GUARD: Duration = Duration::from_secs(60);

/// Options of a run of two scenarios, one without and one with a token. They are enough where a test is not about which steps fail, and take
/// a third of the time of all scenarios.
pub(crate) const FEW: [&str; 4] = ["--scenario", "health", "--scenario", "chat-messages"];

/// `fivewhys ARGUMENTS` in an empty folder.
pub(crate) fn fivewhys<A: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::from_std(bare());
    command.args(arguments).current_dir(std::env::temp_dir()).timeout(GUARD);
    command
}

/// The program with nothing of this machine's environment.
pub(crate) fn bare() -> StdCommand {
    let mut command = StdCommand::new(assert_cmd::cargo::cargo_bin!("fivewhys"));
    command.env_clear().env("LANG", "C.UTF-8").env("COLUMNS", "80");
    command
}

/// Runs it to its end.
pub(crate) fn run<A: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = A>) -> Output {
    fivewhys(arguments).output().expect("the program starts")
}

pub(crate) fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("stdout is UTF-8")
}

pub(crate) fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("stderr is UTF-8")
}

/// `fivewhys twin --write-target` in a process of its own. It ends with this value.
pub(crate) struct TwinProcess {
    child: Child,
    folder: TempDir,
    addresses: String,
}

impl TwinProcess {
    /// Starts it and waits for the line that says it is up.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = bare();
        command.current_dir(folder.path()).arg("twin").args(arguments).args(["--write-target", "t.toml"]);
        let errors = File::create(folder.path().join("stderr")).expect("a file");
        let mut child = command.stdout(Stdio::piped()).stderr(errors).spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped"));
        let mut twin = Self { child, folder, addresses: String::new() };
        while !twin.addresses.lines().any(|line| line.starts_with("up")) {
            let read = lines.read_line(&mut twin.addresses).expect("a line");
            assert!(read > 0, "the twin ended before it was up: {}", twin.printed());
        }
        twin
    }

    /// What it printed until it was up, and on stderr until now.
    pub(crate) fn printed(&self) -> String {
        let errors = std::fs::read_to_string(self.folder.path().join("stderr")).expect("its stderr");
        format!("{}{errors}", self.addresses)
    }

    /// The target file it wrote.
    pub(crate) fn target(&self) -> PathBuf {
        self.folder.path().join("t.toml")
    }

    /// The folder with one file a secret.
    pub(crate) fn secrets_folder(&self) -> PathBuf {
        self.folder.path().join("t.toml.secrets")
    }

    /// Every secret it wrote.
    pub(crate) fn secret_files(&self) -> Vec<PathBuf> {
        files(&self.secrets_folder())
    }
}

impl Drop for TwinProcess {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder of secrets");
    entries.map(|entry| entry.expect("an entry").path()).collect()
}
