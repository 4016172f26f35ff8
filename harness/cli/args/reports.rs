//! `--report FORMAT=PATH`: the same report in other formats, in addition to the report on stdout.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use miette::miette;

use crate::cli::args::repository;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::unwritten::Unwritten;
use crate::document::nearest_or_all;
use crate::host::file;
use crate::report::{FORMATS, Format, Report, Stdout, Style, github};

/// The path that stands for standard output.
const STDOUT: &str = "-";

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

impl ReportArgs {
    /// Reports whether a format needs the evidence of the run.
    pub(crate) fn records(&self) -> bool {
        self.wanted().any(|wanted| wanted.format.keeps_evidence())
    }

    /// Adds a report in this format, unless one goes to the same path. Without a path it goes to the job summary.
    pub(crate) fn also(&mut self, format: &str, path: Option<PathBuf>) {
        let known = FORMATS.iter().find(|known| known.name() == format);
        let is_there = self.wanted().any(|wanted| wanted.path == path && wanted.format.name() == format);
        self.report.extend(known.filter(|_| !is_there).map(|format| Wanted { format: *format, path }));
    }

    /// Reports whether no report is wanted.
    pub(crate) fn is_empty(&self) -> bool {
        self.wanted().next().is_none()
    }

    /// Returns every wanted report. `--record FILE` is short for `--report har=FILE`.
    fn wanted(&self) -> impl Iterator<Item = &Wanted> {
        self.report.iter().chain(&self.record)
    }

    /// Reports whether one of them goes to stdout. The report of `--format` then goes to stderr.
    pub(crate) fn take_stdout(&self) -> bool {
        self.wanted().any(|wanted| wanted.path.as_deref() == Some(Path::new(STDOUT)))
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
            file::try_out(path).map_err(|error| miette!("cannot write {}: {error}", path.display()))?;
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

    /// Writes every report, which is cleaned, and keeps what could not be written. `print` prints the report on stdout: after the reports
    /// that no reader can lose, and before the annotations.
    pub(crate) fn write(
        &self,
        report: &Report,
        verbose: bool,
        stdout: Stdout,
        print: impl FnOnce(&mut Unwritten),
    ) -> Unwritten {
        let mut unwritten = Unwritten::default();
        let (streams, files): (Vec<&Wanted>, Vec<&Wanted>) = self.wanted().partition(|wanted| wanted.is_stream());
        files.into_iter().chain(streams).for_each(|wanted| wanted.write(report, verbose, &mut unwritten));
        print(&mut unwritten);
        if self.annotates() {
            let commands = github::annotations(report, &repository::place);
            match stdout {
                Stdout::Lines if !self.take_stdout() => unwritten.print(&commands),
                _ => unwritten.add("standard error", io::stderr().write_all(commands.as_bytes())),
            }
        }
        unwritten
    }

    /// Reports whether workflow commands are printed. Outside GitHub Actions, a summary in a file needs none.
    fn annotates(&self) -> bool {
        let on_github = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        self.wanted().any(|wanted| wanted.format.is_shown_by_github() && (on_github || wanted.path.is_none()))
    }
}

impl Wanted {
    fn is_stream(&self) -> bool {
        self.path.as_deref().is_some_and(file::is_stream)
    }

    fn write(&self, report: &Report, verbose: bool, unwritten: &mut Unwritten) {
        let text = self.format.render(report, &Style { verbose, ..Style::FILE });
        if let Some(path) = &self.path {
            unwritten.add(path.display(), file::write(path, text.as_bytes()));
        } else if let Some(path) = job_summary() {
            unwritten.add(path.display(), append(&path, &text));
        }
    }
}

/// Returns the file for the job summary, which exists on GitHub Actions only.
fn job_summary() -> Option<PathBuf> {
    std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// Appends to the job summary, as earlier steps of the job may have written to the file.
fn append(path: &Path, summary: &str) -> io::Result<()> {
    OpenOptions::new().append(true).create(true).open(path)?.write_all(summary.as_bytes())
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
        "Write the report to a file in another format too: {}; may be repeated. PATH `-` is stdout, and the report of --format then goes to stderr. {} goes to GitHub Actions if it has no path",
        names(|_| true).join(", "),
        names(|format| format.is_shown_by_github()).join(", "),
    )
}

fn long_help() -> String {
    let lines = FORMATS.iter().map(|format| format!("\n- {}: {}", format.name(), format.help()));
    help() + "\n\nFormats:" + &lines.collect::<String>()
}
