//! How the report is shown on stdout, and which reports are written to files. Shared by `smoke` and `merge`.

use std::io::IsTerminal as _;

use clap::{Args, ValueEnum};
use miette::IntoDiagnostic as _;

use crate::cli::args::reports::{ReportArgs, Stdout};
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::redact::Redactor;
use crate::report::{Report, human, json};

/// Options of every subcommand with a report.
#[derive(Debug, Args)]
pub(crate) struct ShownArgs {
    /// The format of the report on stdout
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    #[command(flatten)]
    reports: ReportArgs,
    /// Also show every probe, and what ruled out each fault
    #[arg(long, short)]
    verbose: bool,
    /// Also show each failed call as a curl command, with `$TOKEN` for the token
    #[arg(long)]
    curl: bool,
    /// Print only the outcome, on one line
    #[arg(long, short, conflicts_with_all = ["verbose", "curl"])]
    quiet: bool,
}

/// A report format.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// For people.
    Human,
    /// For programs: schema `fivewhys/report/2`.
    Json,
}

impl ShownArgs {
    /// Checks before the run that every report can be written.
    pub(crate) fn check(&self) -> Result<(), Mistake> {
        self.reports.check()
    }

    /// Prints the report, and writes the reports in files.
    pub(crate) fn show(&self, report: &Report, redactor: &Redactor) -> Result<(), Mistake> {
        // All texts were redacted when they were recorded; this is a second safeguard.
        let (text, stdout) = (redactor.clean_own(&self.render(report)), self.stdout());
        output::print(&self.reports.fenced(text, stdout)).into_diagnostic()?;
        self.reports.write(report, redactor, self.verbose, stdout)
    }

    fn render(&self, report: &Report) -> String {
        match self.format {
            Format::Json => json::render(report),
            Format::Human if self.quiet => human::last_line(report, &self.style()),
            Format::Human => human::render(report, &self.style()),
        }
    }

    fn stdout(&self) -> Stdout {
        match self.format {
            Format::Json => Stdout::Document,
            Format::Human => Stdout::Lines,
        }
    }

    fn style(&self) -> human::Style {
        human::Style {
            width: output::width(),
            colour: output::colour(std::io::stdout().is_terminal()),
            unicode: output::unicode(),
            verbose: self.verbose,
            curl: self.curl,
        }
    }
}
