//! A folder for reports, and runs that write into it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fivewhys::internal::report::Report;
use tempfile::TempDir;

use crate::support::program::{FEW, TwinProcess, bare};

/// A folder for the reports of a run.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).expect("the folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// A run against the twin that writes `r.json`, `r.xml` and `r.har`.
    pub(crate) fn smoke(&self, twin: &TwinProcess) -> Command {
        let mut command = smoke(twin);
        command.arg("--report").arg(format!("json={}", self.path("r.json").display()));
        command.arg("--report").arg(format!("junit={}", self.path("r.xml").display()));
        command.arg("--record").arg(self.path("r.har")).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

/// A run of two scenarios against the twin.
pub(crate) fn smoke(twin: &TwinProcess) -> Command {
    let mut command = bare();
    // A shell is needed for the commands of targets.
    command.env("PATH", "/usr/bin:/bin").args(["smoke", "--config"]).arg(twin.target()).args(FEW);
    command
}

/// The report in a file. Panics on half a report.
pub(crate) fn report(path: &Path) -> Report {
    let text = fs::read(path).expect("a report is there");
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&text)))
}
