//! `fivewhys merge`: the reports of shards become the report that one run would have given.

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use miette::IntoDiagnostic as _;

use super::gate_args::{GateArgs, text};
use super::mistake::Mistake;
use super::output;
use super::reports::{ReportArgs, Stdout};
use super::smoke::Format;
use super::supplied_args::SuppliedArgs;
use super::target_args::TargetArgs;
use crate::redact::Redactor;
use crate::report::{human, json, read};
use crate::run::{self, NamedReport};

/// Options of `fivewhys merge`.
#[derive(Debug, Args)]
pub(super) struct Merge {
    /// JSON reports of all shards of one run, or of runs of different scenarios
    #[arg(required = true, value_name = "REPORT.json")]
    parts: Vec<String>,
    #[command(flatten)]
    gate: GateArgs,
    #[command(flatten)]
    supplied: SuppliedArgs,
    /// How the report on stdout looks
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    #[command(flatten)]
    reports: ReportArgs,
    /// Show every probe, and what ruled each fault out
    #[arg(long, short)]
    verbose: bool,
}

impl Merge {
    pub(super) async fn run(self, arguments: &TargetArgs) -> Result<ExitCode, Mistake> {
        self.reports.check()?;
        let named = |from: &String| Ok(NamedReport { from: from.clone(), report: read(from, &text(from)?)? });
        let parts: Vec<NamedReport> = self.parts.iter().map(named).collect::<Result<_, Mistake>>()?;
        let target = arguments.resolve_for(parts.first().map(|part| part.report.target.as_str()))?;
        let by_hand = run::ByHand { supplied: self.supplied.read(&target)?, may_run: None };
        let redactor = Redactor::new();
        let run = run::Smoke {
            catalogue: arguments.catalogue(&target)?,
            conduct: self.gate.read(&target)?,
            target: Arc::new(target),
            scenarios: Vec::new(),
            deployed: self.gate.deployed.clone(),
            redactor: redactor.clone(),
        };
        let report = run::merge(run, parts, &by_hand).await?;
        let style = human::Style {
            width: output::width(),
            colour: output::colour(std::io::stdout().is_terminal()),
            unicode: output::unicode(),
            verbose: self.verbose,
            curl: false,
        };
        let (rendered, stdout) = match self.format {
            Format::Json => (json::render(&report), Stdout::Document),
            Format::Human => (human::render(&report, &style), Stdout::Lines),
        };
        output::print(&self.reports.fenced(redactor.clean_own(&rendered), stdout)).into_diagnostic()?;
        self.reports.write(&report, &redactor, self.verbose, stdout)?;
        Ok(ExitCode::from(report.exit.code))
    }
}
