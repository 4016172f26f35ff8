//! `fivewhys merge`: makes one report of the reports of shards.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use crate::cli::args::gate::{GateArgs, text};
use crate::cli::args::shown::ShownArgs;
use crate::cli::args::supplied::SuppliedArgs;
use crate::cli::args::target::TargetArgs;
use crate::cli::terminal::mistake::Mistake;
use crate::evidence::Focus;
use crate::load;
use crate::redact::Redactor;
use crate::report::read;
use crate::run::{self, NamedReport};

/// Options of `fivewhys merge`.
#[derive(Debug, Args)]
pub(super) struct Merge {
    /// The JSON reports of all shards of one run, or of runs with different scenarios
    #[arg(required = true, value_name = "REPORT.json")]
    parts: Vec<String>,
    #[command(flatten)]
    gate: GateArgs,
    #[command(flatten)]
    supplied: SuppliedArgs,
    #[command(flatten)]
    shown: ShownArgs,
}

impl Merge {
    pub(super) async fn run(self, arguments: &TargetArgs) -> Result<ExitCode, Mistake> {
        self.shown.check()?;
        let named = |from: &String| Ok(NamedReport { from: from.clone(), report: read(from, &text(from)?)? });
        let parts: Vec<NamedReport> = self.parts.iter().map(named).collect::<Result<_, Mistake>>()?;
        let target = arguments.resolve_for(parts.first().map(|part| part.report.target.as_str()))?;
        let probes = parts.iter().flat_map(|part| &part.report.probes);
        let focus = Focus::on(
            probes
                .map(|probe| (probe.exchange.started_at, probe.exchange.ended_at(), probe.exchange.trace_id.as_str())),
        );
        let by_hand = run::ByHand { supplied: self.supplied.read(&target, &focus)?, may_run: None };
        let redactor = Redactor::new();
        let run = run::Smoke {
            catalogue: arguments.catalogue(&target)?,
            conduct: self.gate.read(&target)?,
            target: Arc::new(target),
            scenarios: Vec::new(),
            deployed: self.gate.deployed.clone(),
            redactor: redactor.clone(),
        };
        let report = match load::of_many_users(&parts) {
            Some(parts) => load::merge(run, parts?).await?,
            None => run::merge(run, parts, &by_hand).await?,
        };
        Ok(self.shown.show(&report, &redactor).exit(report.exit.code))
    }
}
