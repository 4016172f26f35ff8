//! Options that `smoke` and `merge` share: how the report on stdout looks, and `--report` for more formats.

use std::io::{self, IsTerminal as _, Write as _};

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::cli::args::reports::ReportArgs;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::cli::terminal::unwritten::Unwritten;
use crate::redact::Redactor;
use crate::report::{FORMATS, Format, Report, Stdout, Style};

/// Options of every command that makes a report.
#[derive(Debug, Args)]
pub(crate) struct ShownArgs {
    /// How the report on stdout looks
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = formats())]
    format: &'static dyn Format,
    #[command(flatten)]
    reports: ReportArgs,
    /// Show every probe, and the observation that rules out each fault
    #[arg(long, short)]
    verbose: bool,
    /// Also show each failed call as a curl command, with `$TOKEN` for the token
    #[arg(long)]
    curl: bool,
    /// Print only the outcome, in one line
    #[arg(long, short, conflicts_with_all = ["verbose", "curl"])]
    quiet: bool,
}

/// Accepts the formats that can go to stdout.
fn formats() -> impl TypedValueParser<Value = &'static dyn Format> {
    let known = FORMATS.iter().copied().filter(|format| format.stdout().is_some());
    let values = known.map(|format| PossibleValue::new(format.name()).help(format.help()));
    let named = |name: &str| FORMATS.iter().copied().find(|format| format.name() == name);
    PossibleValuesParser::new(values).try_map(move |name| named(&name).ok_or("not a report format"))
}

impl ShownArgs {
    /// Adds a report in this format. Without a path it goes to the job summary of GitHub.
    pub(crate) fn also(&mut self, format: &str, path: Option<PathBuf>) {
        self.reports.also(format, path);
    }

    /// Checks before the run that every report can be written.
    pub(crate) fn check(&self) -> Result<(), Mistake> {
        self.reports.check()
    }

    /// Reports whether a report is written from which `fivewhys explain` can diagnose again.
    pub(crate) fn records(&self) -> bool {
        self.format.keeps_evidence() || self.reports.records()
    }

    /// Writes the report in the other formats, then prints it. Returns what could not be written.
    pub(crate) fn show(&self, report: &Report, redactor: &Redactor) -> Unwritten {
        if let Some(line) = self.only_line(report).filter(|line| redactor.clean(line) == *line) {
            let mut unwritten = Unwritten::default();
            unwritten.print(&line);
            return unwritten;
        }
        // Every text was redacted when it was kept. This is a second safeguard.
        let report = &report.cleaned(redactor);
        let stdout = self.stdout();
        self.reports.write(report, self.verbose, stdout, |unwritten| {
            let text = self.reports.fenced(self.render(report), stdout);
            match self.reports.take_stdout() {
                true => unwritten.add("standard error", io::stderr().write_all(text.as_bytes())),
                false => unwritten.print(&text),
            }
        })
    }

    /// Returns the line on stdout, if nothing else of the report is shown. Then the rest need not be examined.
    fn only_line(&self, report: &Report) -> Option<String> {
        let is_alone = self.quiet && self.stdout() == Stdout::Lines && self.reports.is_empty();
        is_alone.then(|| self.render(report))
    }

    fn render(&self, report: &Report) -> String {
        let style = self.style();
        if self.quiet { self.format.render_quiet(report, &style) } else { self.format.render(report, &style) }
    }

    fn stdout(&self) -> Stdout {
        self.format.stdout().unwrap_or(Stdout::Document)
    }

    fn style(&self) -> Style {
        Style {
            width: output::width(),
            colour: output::colour(match self.reports.take_stdout() {
                true => io::stderr().is_terminal(),
                false => io::stdout().is_terminal(),
            }),
            unicode: output::unicode(),
            verbose: self.verbose,
            curl: self.curl,
            has_flags: true,
        }
    }
}
