//! `--report FORMAT=PATH`: the report in other formats, in addition to the one on stdout.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use miette::{Diagnostic, IntoDiagnostic as _, miette};
use thiserror::Error;

use crate::cli::args::repository;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::redact::Redactor;
use crate::report::{Report, github, html, human, json, junit};

/// Options for reports in files.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// Also write the report to a file: html, json, junit, human or github; may be repeated. `github` prints
    /// annotations and adds to the job summary; `github=PATH` writes the summary to PATH
    #[arg(long, value_name = "FORMAT=PATH", value_parser = wanted)]
    report: Vec<Wanted>,
}

/// One additional report. Only `github` may have no path.
#[derive(Debug, Clone)]
struct Wanted {
    format: Format,
    path: Option<PathBuf>,
}

/// The formats of `--report`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Html,
    Json,
    Junit,
    Human,
    Github,
}

/// What stdout contains, which decides where workflow commands go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stdout {
    /// Lines for people: workflow commands may follow them.
    Lines,
    /// One JSON document: workflow commands go to stderr, which the runner reads too.
    Document,
}

/// The reports that could not be written. All others were.
#[derive(Debug, Error, Diagnostic)]
#[error("cannot write {}", list(.0))]
#[diagnostic(code(fivewhys::report::unwritable), help("all other reports were written"))]
struct Unwritten(Vec<(PathBuf, io::Error)>);

fn list(failures: &[(PathBuf, io::Error)]) -> String {
    failures.iter().map(|(path, error)| format!("{}: {error}", path.display())).collect::<Vec<_>>().join("; ")
}

impl ReportArgs {
    /// Checks before the run that every path can be written. Changes no file and leaves none behind.
    pub(crate) fn check(&self) -> Result<(), Mistake> {
        let paths: Vec<&Path> = self.report.iter().filter_map(|wanted| wanted.path.as_deref()).collect();
        for (n, path) in paths.iter().enumerate() {
            if paths[..n].contains(path) {
                return Err(miette!("two reports would be written to {}", path.display()).into());
            }
        }
        let summary = job_summary().filter(|_| self.report.iter().any(|wanted| wanted.path.is_none()));
        for path in paths.into_iter().chain(summary.as_deref()) {
            try_out(path).map_err(|error| miette!("cannot write {}: {error}", path.display()))?;
        }
        Ok(())
    }

    /// Returns the report for stdout. With `github` annotations, the runner is told not to read workflow commands in
    /// it.
    pub(crate) fn fenced(&self, text: String, stdout: Stdout) -> String {
        if self.annotates() && stdout == Stdout::Lines {
            return github::stopped(&text, &uuid::Uuid::new_v4().simple().to_string());
        }
        text
    }

    /// Writes every report. The error names all reports that could not be written.
    pub(crate) fn write(
        &self,
        report: &Report,
        redactor: &Redactor,
        verbose: bool,
        stdout: Stdout,
    ) -> Result<(), Mistake> {
        let report = &cleaned(report, redactor);
        let written = self.report.iter().map(|wanted| wanted.write(report, verbose));
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
        self.report.iter().any(|wanted| wanted.format == Format::Github)
    }
}

impl Wanted {
    fn write(&self, report: &Report, verbose: bool) -> Result<(), (PathBuf, io::Error)> {
        let Some(path) = &self.path else { return add_to_job_summary(report) };
        let text = match self.format {
            Format::Html => html::render(report),
            Format::Json => json::render(report),
            Format::Junit => junit::render(report),
            Format::Human => human::render(report, &human::Style { verbose, ..human::Style::FILE }),
            Format::Github => github::summary(report),
        };
        fs::write(path, text).map_err(|error| (path.clone(), error))
    }
}

/// Returns the summary file of a GitHub job, if the process runs in one.
fn job_summary() -> Option<PathBuf> {
    std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// Appends to the job summary: earlier steps of the job may have written to it.
fn add_to_job_summary(report: &Report) -> Result<(), (PathBuf, io::Error)> {
    let Some(path) = job_summary() else { return Ok(()) };
    let summary = github::summary(report);
    let file = OpenOptions::new().append(true).create(true).open(&path);
    file.and_then(|mut file| file.write_all(summary.as_bytes())).map_err(|error| (path, error))
}

fn wanted(text: &str) -> Result<Wanted, String> {
    let (format, path) = text.split_once('=').map_or((text, None), |(format, path)| (format, Some(path)));
    let format = Format::from_str(format, false).map_err(|_| format!("`{format}` is not one of {}", formats()))?;
    match path {
        Some(path) if !path.is_empty() => Ok(Wanted { format, path: Some(path.into()) }),
        None if format == Format::Github => Ok(Wanted { format, path: None }),
        _ => Err("expected FORMAT=PATH".into()),
    }
}

fn formats() -> String {
    let names = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    names.map(|name| name.get_name().to_owned()).collect::<Vec<_>>().join(", ")
}

/// Opens the file for writing, and removes it again if it did not exist. A pipe or a device is not tried.
fn try_out(path: &Path) -> io::Result<()> {
    let there = path.try_exists()?;
    if there && !path.is_file() && !path.is_dir() {
        return Ok(());
    }
    OpenOptions::new().append(true).create(true).open(path)?;
    if there { Ok(()) } else { fs::remove_file(path) }
}

/// Redacts every text of the report once more, as a second safeguard. It must happen before rendering: a label such as
/// `<secret:x>` would break markup.
fn cleaned(report: &Report, redactor: &Redactor) -> Report {
    let mut value = serde_json::to_value(report).unwrap_or_default();
    clean(&mut value, redactor);
    // This fails only if an enum spelling of the report is a secret. Then the report, already redacted, is used as it
    // is.
    serde_json::from_value(value).unwrap_or_else(|_| report.clone())
}

fn clean(value: &mut serde_json::Value, redactor: &Redactor) {
    match value {
        serde_json::Value::String(text) => *text = redactor.clean_own(text),
        serde_json::Value::Array(all) => all.iter_mut().for_each(|one| clean(one, redactor)),
        serde_json::Value::Object(fields) => fields.values_mut().for_each(|one| clean(one, redactor)),
        _ => {}
    }
}
