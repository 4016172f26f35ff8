//! `--report FORMAT=PATH`: the same report in other formats, in addition to the report on stdout.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use miette::{Diagnostic, IntoDiagnostic as _, miette};
use thiserror::Error;

use crate::cli::args::repository;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::document::nearest_or_all;
use crate::report::{FORMATS, Format, Report, Stdout, Style, github};

/// The reports that are written in addition to the report on stdout.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[arg(long, value_name = "FORMAT=PATH", value_parser = wanted, help = help(), long_help = long_help())]
    report: Vec<Wanted>,
    /// Write every exchange to a HAR file: `fivewhys explain` gives the same verdict from it
    #[arg(long, value_name = "FILE", value_parser = recording)]
    record: Option<Wanted>,
}

/// One more report. It has no path if it goes to the job summary of GitHub Actions.
#[derive(Debug, Clone)]
struct Wanted {
    format: &'static dyn Format,
    path: Option<PathBuf>,
}

/// Reports that could not be written. Every other report was written.
#[derive(Debug, Error, Diagnostic)]
#[error("cannot write {}", list(.0))]
#[diagnostic(code(fivewhys::report::unwritable), help("all other reports were written"))]
struct Unwritten(Vec<(PathBuf, io::Error)>);

fn list(failures: &[(PathBuf, io::Error)]) -> String {
    failures.iter().map(|(path, error)| format!("{}: {error}", path.display())).collect::<Vec<_>>().join("; ")
}

impl ReportArgs {
    /// Reports whether a format needs the evidence of the run.
    pub(crate) fn records(&self) -> bool {
        self.wanted().any(|wanted| wanted.format.keeps_evidence())
    }

    /// Returns every wanted report. `--record FILE` is short for `--report har=FILE`.
    fn wanted(&self) -> impl Iterator<Item = &Wanted> {
        self.report.iter().chain(&self.record)
    }

    /// Checks before the run that every path can be written. Changes no file and leaves no file behind.
    pub(crate) fn check(&self) -> Result<(), Mistake> {
        let paths: Vec<&Path> = self.wanted().filter_map(|wanted| wanted.path.as_deref()).collect();
        for (n, path) in paths.iter().enumerate() {
            if paths[..n].contains(path) {
                return Err(miette!("two reports would be written to {}", path.display()).into());
            }
        }
        let summary = job_summary().filter(|_| self.wanted().any(|wanted| wanted.path.is_none()));
        for path in paths.into_iter().chain(summary.as_deref()) {
            try_out(path).map_err(|error| miette!("cannot write {}: {error}", path.display()))?;
        }
        Ok(())
    }

    /// Returns the report for stdout. If annotations follow it, no line of it can act as a workflow command.
    pub(crate) fn fenced(&self, text: String, stdout: Stdout) -> String {
        if self.annotates() && stdout == Stdout::Lines {
            return github::stopped(&text, &uuid::Uuid::new_v4().simple().to_string());
        }
        text
    }

    /// Writes every report, which is cleaned, and fails at the end with the list of those that could not be written.
    pub(crate) fn write(&self, report: &Report, verbose: bool, stdout: Stdout) -> Result<(), Mistake> {
        let written = self.wanted().map(|wanted| wanted.write(report, verbose));
        let failures: Vec<_> = written.filter_map(Result::err).collect();
        if self.annotates() {
            let commands = github::annotations(report, &repository::place);
            match stdout {
                Stdout::Lines => output::print(&commands).into_diagnostic()?,
                Stdout::Document => io::stderr().write_all(commands.as_bytes()).into_diagnostic()?,
            }
        }
        if failures.is_empty() { Ok(()) } else { Err(Unwritten(failures).into()) }
    }

    fn annotates(&self) -> bool {
        self.wanted().any(|wanted| wanted.format.is_shown_by_github())
    }
}

impl Wanted {
    fn write(&self, report: &Report, verbose: bool) -> Result<(), (PathBuf, io::Error)> {
        let text = self.format.render(report, &Style { verbose, ..Style::FILE });
        match &self.path {
            Some(path) => fs::write(path, text).map_err(|error| (path.clone(), error)),
            None => add_to_job_summary(&text),
        }
    }
}

/// Returns the file for the job summary, which exists on GitHub Actions only.
fn job_summary() -> Option<PathBuf> {
    std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// Appends, as earlier steps of the job may have written to the file.
fn add_to_job_summary(summary: &str) -> Result<(), (PathBuf, io::Error)> {
    let Some(path) = job_summary() else { return Ok(()) };
    let file = OpenOptions::new().append(true).create(true).open(&path);
    file.and_then(|mut file| file.write_all(summary.as_bytes())).map_err(|error| (path, error))
}

fn wanted(text: &str) -> Result<Wanted, String> {
    let (name, path) = text.split_once('=').map_or((text, None), |(name, path)| (name, Some(path)));
    let format = *FORMATS.iter().find(|format| format.name() == name).ok_or_else(|| unknown(name))?;
    match path {
        Some(path) if !path.is_empty() => Ok(Wanted { format, path: Some(path.into()) }),
        None if format.is_shown_by_github() => Ok(Wanted { format, path: None }),
        _ => Err("expected FORMAT=PATH".into()),
    }
}

fn recording(path: &str) -> Result<Wanted, String> {
    wanted(&format!("har={path}"))
}

fn unknown(name: &str) -> String {
    format!("`{name}` is not a report format; {}", nearest_or_all(name, &names(|_| true)))
}

fn names(which: impl Fn(&dyn Format) -> bool) -> Vec<&'static str> {
    FORMATS.iter().filter(|format| which(**format)).map(|format| format.name()).collect()
}

fn help() -> String {
    format!(
        "Write the report to a file in another format too: {}; may be repeated. {} goes to GitHub Actions if it has no path",
        names(|_| true).join(", "),
        names(|format| format.is_shown_by_github()).join(", "),
    )
}

fn long_help() -> String {
    let lines = FORMATS.iter().map(|format| format!("\n- {}: {}", format.name(), format.help()));
    help() + "\n\nFormats:" + &lines.collect::<String>()
}

/// Opens the file for writing, and deletes it if it is new. A pipe or a device is not tried.
fn try_out(path: &Path) -> io::Result<()> {
    let there = path.try_exists()?;
    if there && !path.is_file() && !path.is_dir() {
        return Ok(());
    }
    OpenOptions::new().append(true).create(true).open(path)?;
    if there { Ok(()) } else { fs::remove_file(path) }
}
