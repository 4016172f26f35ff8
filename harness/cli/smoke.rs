//! `fivewhys smoke`: runs the scenarios and reports.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use miette::miette;

use crate::cli::args::shown::ShownArgs;
use crate::cli::args::target::TargetArgs;
use crate::cli::terminal::ask;
use crate::cli::terminal::interrupt::Signals;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::progress::Progress;
use crate::cli::terminal::unwritten::Unwritten;
use crate::config::Target;
use crate::evidence::Focus;
use crate::redact::Redactor;
use crate::report::{Report, Shard};
use crate::run;
use crate::scenario::{self, Scenario};

/// Options of `fivewhys smoke`.
#[derive(Debug, Args)]
pub(super) struct Smoke {
    /// Run only this scenario; may be repeated
    #[arg(long, short, value_name = "ID")]
    scenario: Vec<String>,
    /// Read the scenarios from this folder instead of the built-in ones
    #[arg(long, value_name = "DIR", env = "FIVEWHYS_SCENARIOS")]
    scenarios: Option<PathBuf>,
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
    /// Run N scenarios in parallel, or one at a time with the evidence `logs` [default: `budget.concurrency` of the target,
    /// or else the requests that the target's rate allows in a second, from 3 to 64]
    #[arg(long, value_name = "N")]
    jobs: Option<std::num::NonZeroUsize>,
    #[command(flatten)]
    supplied: crate::cli::args::supplied::SuppliedArgs,
    /// If the verdict is not certain, ask on the terminal whether to run the read-only command that would settle it
    #[arg(long)]
    ask: bool,
    #[command(flatten)]
    shown: ShownArgs,
}

impl Smoke {
    pub(super) async fn run(self, arguments: &TargetArgs, signals: &Signals) -> Result<ExitCode, Mistake> {
        let (report, _, unwritten) = self.report(arguments, signals, false).await?;
        Ok(unwritten.exit(report.exit.code))
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
        let catalogue = arguments.catalogue(&target)?;
        let (scenarios, part) = crate::cli::args::shard::part(self.shard, self.scenarios(&target)?)?;
        let progress = Progress::new();
        let may_run = self.ask.then(|| ask::on_terminal(&progress)).transpose()?;
        let by_hand = run::ByHand { supplied: self.supplied.read(&target, &Focus::default())?, may_run };
        let conduct = run::Conduct {
            retries: self.retries,
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
        target.budget.concurrency = self.jobs.or(target.budget.concurrency);
        let redactor = Redactor::new();
        let run = run::Smoke {
            target: Arc::new(target),
            scenarios,
            catalogue,
            deployed: self.gate.deployed.clone(),
            redactor: redactor.clone(),
            conduct,
        };
        let mut report = run::smoke_by_hand(&run, &by_hand, &|event| progress.tell(event)).await;
        if let (Some(command), Ok(report)) = (&self.rollback_command, &mut report) {
            run::roll_back(&run, command, report).await;
        }
        #[cfg(feature = "twin")]
        if let Some(twin) = twin {
            twin.shutdown().await;
        }
        let report = report?;
        let unwritten = self.shown.show(&report, &redactor);
        Ok((report, redactor, unwritten))
    }

    fn scenarios(&self, target: &Target) -> Result<Vec<Scenario>, Mistake> {
        let all = match &self.scenarios {
            Some(folder) => scenario::read_dir(folder)?,
            None => scenario::of_target(target)?,
        };
        if self.scenarios.is_some() {
            all.iter().try_for_each(|scenario| scenario.on(target).check(target))?;
        }
        let known = || all.iter().map(|scenario| scenario.id.as_str()).collect::<Vec<_>>().join(", ");
        if let Some(unknown) = self.scenario.iter().find(|id| !all.iter().any(|scenario| scenario.id == **id)) {
            return Err(miette!("there is no scenario `{unknown}`; the scenarios are {}", known()).into());
        }
        let wanted = |scenario: &Scenario| self.scenario.is_empty() || self.scenario.contains(&scenario.id);
        Ok(all.into_iter().filter(wanted).collect())
    }
}

#[cfg(not(feature = "twin"))]
fn refuse_twin(target: &Target) -> Result<(), Mistake> {
    if target.twin {
        return Err(
            miette!("the target `{}` is a twin, and this build has no twin (feature `twin`)", target.name).into()
        );
    }
    Ok(())
}
