//! `fivewhys smoke`: runs the scenarios and reports.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use miette::miette;

use crate::cli::args::otlp::OtlpArgs;
use crate::cli::args::selected::SelectedArgs;
use crate::cli::args::shard;
use crate::cli::args::shown::ShownArgs;
use crate::cli::args::target::TargetArgs;
use crate::cli::terminal::ask;
use crate::cli::terminal::interrupt::Signals;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::cli::terminal::progress::Progress;
use crate::cli::terminal::unwritten::{Unwritten, print_result};
use crate::config::{FixedAddress, Target};
use crate::evidence::Focus;
use crate::load;
use crate::redact::Redactor;
use crate::report::{Report, Shard, visible};
use crate::run;

/// Options of `fivewhys smoke`.
#[derive(Debug, Args)]
pub(super) struct Smoke {
    #[command(flatten)]
    selected: SelectedArgs,
    #[cfg(feature = "twin")]
    #[command(flatten)]
    twin: crate::cli::args::twin::TwinArgs,
    #[command(flatten)]
    gate: crate::cli::args::gate::GateArgs,
    /// If the advice is to roll back, run this with `sh -c`, once per service, with FIVEWHYS_SERVICE, FIVEWHYS_REVISION
    /// and FIVEWHYS_PREVIOUS; then run the scenarios again
    #[arg(long, value_name = "COMMAND", requires = "deployed", requires = "previous")]
    rollback_command: Option<String>,
    /// Run only the K-th of N parts of the scenarios; `fivewhys merge` merges the JSON reports [default: the task of a
    /// Cloud Run job, by CLOUD_RUN_TASK_INDEX and CLOUD_RUN_TASK_COUNT]
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
    /// Repeat a step up to N times after a failure that may be temporary: a lost connection, 429, 502 to 504
    #[arg(long, value_name = "N", default_value_t = 0)]
    retries: u32,
    /// Before the first step, wait up to this long until the health endpoint answers, for example `2m`
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    wait: Option<Duration>,
    /// Call HOST:PORT at this address, as curl does: for one instance, or before the name resolves; may be repeated
    #[arg(long, value_name = "HOST:PORT:ADDRESS")]
    resolve: Vec<FixedAddress>,
    /// Run N scenarios in parallel, or one at a time with the evidence `logs` [default: `budget.concurrency` of the target,
    /// or else the requests that the target's rate allows in a second, from 3 to 64]
    #[arg(long, short, value_name = "N", value_parser = jobs)]
    jobs: Option<NonZeroUsize>,
    #[command(flatten)]
    load: crate::cli::args::load::LoadArgs,
    #[command(flatten)]
    supplied: crate::cli::args::supplied::SuppliedArgs,
    /// If the verdict is not certain, ask on the terminal whether to run the read-only command that would settle it
    #[arg(long)]
    ask: bool,
    #[command(flatten)]
    shown: ShownArgs,
    #[command(flatten)]
    otlp: OtlpArgs,
}

impl Smoke {
    pub(super) async fn run(self, arguments: &TargetArgs, signals: &Signals) -> Result<ExitCode, Mistake> {
        if self.selected.only_shows() {
            let target = arguments.resolve()?;
            let (scenarios, _) = match self.load.asked() {
                Some(_) => (self.selected.scenarios_of_many_users(&target)?, None),
                None => shard::part(self.shard, self.selected.scenarios(&target)?)?,
            };
            let shown = visible(&self.selected.shown(&target, &scenarios), "\n", output::unicode());
            return Ok(print_result(&shown, run::ExitCode::Passed.code()));
        }
        let (report, _, unwritten) = self.report(arguments, signals, false).await?;
        Ok(unwritten.exit(report.exit.code))
    }

    /// Reports whether the options only show the scenarios.
    pub(super) const fn only_shows(&self) -> bool {
        self.selected.only_shows()
    }

    /// Adds a report in this format. Without a path it goes to the job summary of GitHub.
    pub(super) fn also_report(&mut self, format: &str, path: Option<PathBuf>) {
        self.shown.also(format, path);
    }

    /// Runs the scenarios and shows the report. `records`: the report keeps the evidence, to be explained again.
    pub(super) async fn report(
        self,
        arguments: &TargetArgs,
        signals: &Signals,
        records: bool,
    ) -> Result<(Report, Redactor, Unwritten), Mistake> {
        self.shown.check()?;
        let mut target = arguments.resolve()?;
        arguments.refuse_unfilled(&target)?;
        let redactor = Redactor::new();
        let export = self.otlp.read(&target, &redactor)?;
        let catalogue = arguments.catalogue(&target)?;
        let load = self.load.allowed(&target, shard::shard(self.shard)?)?;
        let (scenarios, part) = match &load {
            Some((_, part)) => (self.selected.scenarios_of_many_users(&target)?, part.clone()),
            None => shard::part(self.shard, self.selected.scenarios(&target)?)?,
        };
        let progress = Progress::new();
        let may_run = self.ask.then(|| ask::on_terminal(&progress)).transpose()?;
        let by_hand = run::ByHand { supplied: self.supplied.read(&target, &Focus::default())?, may_run };
        let conduct = run::Conduct {
            retries: self.retries,
            wait: self.wait,
            part,
            keep_evidence: records || self.shown.records(),
            interruption: signals.interruption().clone(),
            ..self.gate.read(&target)?
        };
        signals.run_begins();
        #[cfg(feature = "twin")]
        let twin = self.twin.boot_for(&mut target).await?;
        #[cfg(not(feature = "twin"))]
        refuse_twin(&target)?;
        target.access.fixed.clone_from(&self.resolve);
        check_addresses(&target)?;
        target.budget.concurrency = self.jobs.or(target.budget.concurrency);
        let run = run::Smoke {
            target: Arc::new(target),
            scenarios,
            catalogue,
            deployed: self.gate.deployed.clone(),
            redactor: redactor.clone(),
            conduct,
        };
        let mut report = match &load {
            Some((allowed, _)) => load::run(&run, allowed).await.map_err(Mistake::from),
            None => run::smoke_by_hand(&run, &by_hand, &|event| progress.tell(event)).await.map_err(Mistake::from),
        };
        if let (Some(command), Ok(report)) = (&self.rollback_command, &mut report) {
            run::roll_back(&run, command, report).await;
        }
        #[cfg(feature = "twin")]
        if let Some(twin) = twin {
            twin.shutdown().await;
        }
        let report = report?;
        let unwritten = self.shown.show(&report, &redactor);
        if let Some(export) = export {
            export.send(&report, &redactor).await;
        }
        Ok((report, redactor, unwritten))
    }
}

/// Reads the number of scenarios that run in parallel.
pub(super) fn jobs(text: &str) -> Result<NonZeroUsize, &'static str> {
    text.parse().map_err(|_| "expected a whole number from 1 on: the number of scenarios that run in parallel")
}

/// Refuses addresses that the run would not call.
fn check_addresses(target: &Target) -> Result<(), Mistake> {
    if !target.access.fixed.is_empty() && target.proxy.is_some() {
        return Err(
            miette!("`--resolve` has no effect through a proxy, and the target `{}` has one", target.name).into()
        );
    }
    match target.unused_address() {
        Some((unused, hosts)) => Err(miette!(
            help = format!("it calls {}", hosts.join(", ")),
            "the target `{}` calls no {}:{}",
            target.name,
            unused.host,
            unused.port
        )
        .into()),
        None => Ok(()),
    }
}

#[cfg(not(feature = "twin"))]
pub(super) fn refuse_twin(target: &Target) -> Result<(), Mistake> {
    if target.twin {
        return Err(
            miette!("the target `{}` is a twin, and this build has no twin (feature `twin`)", target.name).into()
        );
    }
    Ok(())
}
