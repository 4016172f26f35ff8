//! `fivewhys watch`: runs the scenarios again and again, and tells each change once.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use miette::miette;
use tokio::net::TcpListener;

use crate::cli::args::otlp::OtlpArgs;
use crate::cli::args::selected::SelectedArgs;
use crate::cli::args::supplied::SuppliedArgs;
use crate::cli::args::target::TargetArgs;
use crate::cli::smoke::jobs;
use crate::cli::terminal::interrupt::Signals;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::config::Target;
use crate::evidence::Focus;
use crate::redact::Redactor;
use crate::report::visible;
use crate::run;
use crate::watch::{self, Course, Job, MOST_RUNS, ReadByHand, Receiver, Said, Slots, Store, Until};

/// The state file.
const STATE: (&str, &str) = ("FIVEWHYS_WATCH_STATE", ".fivewhys-watch");
/// The shortest period. A shorter one is load, which a target must allow.
const SHORTEST: Duration = Duration::from_secs(1);
/// The longest period.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Options of `fivewhys watch`.
#[derive(Debug, Args)]
pub(super) struct Watch {
    #[command(flatten)]
    selected: SelectedArgs,
    #[cfg(feature = "twin")]
    #[command(flatten)]
    twin: crate::cli::args::twin::TwinArgs,
    /// The time between the starts of two runs of a target, from 1 s to 1 day. A run that takes longer is followed at once
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = period)]
    every: Duration,
    /// Begin each run up to this share of the period later, so that several watches do not run at once
    #[arg(long, value_name = "PERCENT", default_value = "10%", value_parser = share)]
    jitter: f64,
    /// Open an incident after N failed runs in a row, and change its cause after N runs that agree
    #[arg(long, value_name = "N", default_value = "1", value_parser = confirm)]
    open_after: usize,
    /// End after one run of each target
    #[arg(long, conflicts_with = "until")]
    once: bool,
    /// End after this time; a run that has begun is completed
    #[arg(long = "for", id = "until", value_name = "DURATION", value_parser = humantime::parse_duration)]
    until: Option<Duration>,
    /// On each change, run this with `sh -c`, with the JSON report on standard input and FIVEWHYS_CHANGE, FIVEWHYS_TARGET,
    /// FIVEWHYS_FAULT and others in its environment
    #[arg(long, value_name = "COMMAND")]
    on_change: Option<String>,
    /// The file that keeps the state, so that a restart continues
    #[arg(long, value_name = "FILE", env = STATE.0, default_value = STATE.1)]
    state: PathBuf,
    /// Serve `/metrics`, `/health`, `/ready` and an overview page at this address, for example `127.0.0.1:9090`
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Repeat a step up to N times after a failure that may be temporary: a lost connection, 429, 502 to 504
    #[arg(long, value_name = "N", default_value_t = 0)]
    retries: u32,
    /// Run N scenarios in parallel, or one at a time with the evidence `logs`, as for `smoke`
    #[arg(long, short, value_name = "N", value_parser = jobs)]
    jobs: Option<NonZeroUsize>,
    #[command(flatten)]
    supplied: SuppliedArgs,
    #[command(flatten)]
    otlp: OtlpArgs,
    /// Print a line for each run too
    #[arg(long, short)]
    verbose: bool,
}

/// A twin that runs as long as the watch.
#[cfg(feature = "twin")]
type Twins = Vec<fivewhys_mocks::Twin>;
#[cfg(not(feature = "twin"))]
type Twins = ();

impl Watch {
    pub(super) async fn run(self, arguments: &TargetArgs, signals: &Signals) -> Result<ExitCode, Mistake> {
        let mut targets = arguments.resolve_each()?;
        if self.selected.only_shows() {
            let shown: Result<String, Mistake> = targets.iter().map(|target| self.shown(target)).collect();
            output::print_plain(&shown?).map_err(|error| miette!("cannot write to standard output: {error}"))?;
            return Ok(ExitCode::SUCCESS);
        }
        self.check(&targets)?;
        targets.iter().try_for_each(|target| arguments.refuse_unfilled(target))?;
        let twins = self.boot(&mut targets).await?;
        let jobs: Result<Vec<Job>, Mistake> =
            targets.into_iter().map(|target| self.job(target, arguments, signals)).collect();
        let course = Course {
            jobs: jobs?,
            slots: Slots { every: self.every, jitter: self.jitter },
            confirm: self.open_after,
            until: self.until(),
            store: Arc::new(Store::open(&self.state)?),
            interruption: signals.interruption().clone(),
            listener: listener(self.verbose),
            page: self.page().await?,
        };
        signals.run_begins();
        let code = watch::watch(course).await;
        shut_down(twins).await;
        Ok(ExitCode::from(code.map_err(|broken| miette!("cannot read {}: {broken}", self.state.display()))?))
    }

    fn shown(&self, target: &Target) -> Result<String, Mistake> {
        let scenarios = self.selected.scenarios(target)?;
        Ok(visible(&self.selected.shown(target, &scenarios), "\n", output::unicode()))
    }

    fn check(&self, targets: &[Target]) -> Result<(), Mistake> {
        if self.supplied.reads_stdin() {
            return Err(
                miette!("standard input ends with the first run: name a file, which each run reads again").into()
            );
        }
        if self.supplied.is_given() && targets.len() > 1 {
            return Err(
                miette!("--logs and --manifest are evidence of one target, and {} are watched", targets.len()).into()
            );
        }
        Ok(())
    }

    /// Opens the address of the page, and prints it: the system chooses the port 0.
    async fn page(&self) -> Result<Option<TcpListener>, Mistake> {
        let Some(address) = self.listen else { return Ok(None) };
        let cannot = |error: std::io::Error| miette!("cannot listen at {address}: {error}");
        let page = TcpListener::bind(address).await.map_err(cannot)?;
        output::note(&format!("the page is at http://{}/", page.local_addr().map_err(cannot)?));
        Ok(Some(page))
    }

    fn until(&self) -> Until {
        if self.once { Until::Once } else { self.until.map_or(Until::Stopped, Until::For) }
    }

    /// Returns what each run of a target is like.
    fn job(&self, mut target: Target, arguments: &TargetArgs, signals: &Signals) -> Result<Job, Mistake> {
        let catalogue = arguments.catalogue(&target)?;
        let scenarios = self.selected.scenarios(&target)?;
        target.budget.concurrency = self.jobs.or(target.budget.concurrency);
        let receivers = Receiver::all(&target, self.on_change.as_deref())?;
        let conduct = run::Conduct {
            retries: self.retries,
            interruption: signals.interruption().clone(),
            ..run::Conduct::default()
        };
        let export = self.otlp.read(&target, &Redactor::new())?;
        let (target, deployed, redactor) = (Arc::new(target), Vec::new(), Redactor::new());
        Ok(Job {
            by_hand: self.by_hand(&target),
            run: run::Smoke { target, scenarios, catalogue, deployed, redactor, conduct },
            receivers: receivers.into_iter().map(Arc::new).collect(),
            export: export.map(|export| Arc::new(export) as Arc<dyn watch::Export>),
        })
    }

    /// Returns what reads the files of `--logs` and `--manifest` before each run.
    fn by_hand(&self, target: &Arc<Target>) -> ReadByHand {
        let (supplied, target) = (self.supplied.clone(), Arc::clone(target));
        Arc::new(move || {
            let read = supplied.read(&target, &Focus::default()).map_err(|mistake| mistake.to_string())?;
            Ok(run::ByHand { supplied: read, may_run: None })
        })
    }

    #[cfg(feature = "twin")]
    async fn boot(&self, targets: &mut [Target]) -> Result<Twins, Mistake> {
        let mut twins = Vec::new();
        for target in targets {
            twins.extend(self.twin.boot_for(target).await?);
        }
        Ok(twins)
    }

    #[cfg(not(feature = "twin"))]
    #[expect(clippy::unused_async, reason = "as with the feature `twin`")]
    async fn boot(&self, targets: &mut [Target]) -> Result<Twins, Mistake> {
        targets.iter().try_for_each(crate::cli::smoke::refuse_twin)
    }
}

#[cfg(feature = "twin")]
async fn shut_down(twins: Twins) {
    for twin in twins {
        twin.shutdown().await;
    }
}

#[cfg(not(feature = "twin"))]
async fn shut_down((): Twins) {}

/// Prints changes on stdout, notes on stderr, and each run if that is wanted.
fn listener(verbose: bool) -> watch::Listener {
    Arc::new(move |said| {
        let line = match said {
            Said::Note(note) => return output::note(note),
            Said::Ran(..) if !verbose => return,
            Said::Ran(target, ran) => format!("{} {target} {}", shown(ran.at), ran.in_short()),
            Said::Changed(text) => format!("{} {}", shown(Timestamp::now()), visible(text, "", true)),
        };
        // Nobody may read stdout of a program that runs all day.
        let _ = output::print_plain(&format!("{line}\n"));
    })
}

fn shown(at: Timestamp) -> impl std::fmt::Display {
    at.strftime("%Y-%m-%dT%H:%M:%SZ")
}

fn period(text: &str) -> Result<Duration, String> {
    let period = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    match (SHORTEST..=LONGEST).contains(&period) {
        true => Ok(period),
        false => Err("expected 1s to 1day".to_owned()),
    }
}

fn share(text: &str) -> Result<f64, &'static str> {
    let percent = text.strip_suffix('%').and_then(|number| number.parse::<f64>().ok());
    percent.filter(|percent| (0.0..=90.0).contains(percent)).map(|percent| percent / 100.0).ok_or("expected 0% to 90%")
}

fn confirm(text: &str) -> Result<usize, String> {
    let most = MOST_RUNS / 10;
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| format!("expected a whole number from 1 to {most}"))
}
