//! The command line: one file per subcommand.
//!
//! Start at [`main`].
//!
//! - `args/`: options that several subcommands share
//! - `terminal/`: output, errors, progress, questions and signals
//! - `manifests/`: `preflight`, `contract` and `bisect`, which judge manifests
//! - `smoke`, `watch`, `gate`, `merge`, `explain`, `record`, `check`, `init`, `mint`, `faults`, `completions`, `twin`, `selftest`: the
//!   subcommands
//!
//! Invariant: only this folder reads arguments, prints, and ends the process.

mod args;
mod check;
mod completions;
mod explain;
mod faults;
mod gate;
mod init;
mod manifests;
mod merge;
mod mint;
mod record;
#[cfg(feature = "twin")]
mod selftest;
mod smoke;
mod terminal;
#[cfg(feature = "twin")]
mod twin;
#[cfg(feature = "watch")]
mod watch;

use self::terminal::{bug, output};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::cli::terminal::interrupt::Signals;
use crate::cli::terminal::mistake::Mistake;
use crate::host::group;
use crate::run;

/// Tests a deployed system as known test users, and names the hop that failed and why.
#[derive(Debug, Parser)]
#[command(name = "fivewhys", version, max_term_width = 100, after_help = run::ExitCode::table())]
struct Arguments {
    #[command(flatten)]
    target: args::target::TargetArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run every scenario against a target; if one fails, say which hop failed and why
    #[command(after_help = run::ExitCode::table())]
    Smoke(Box<smoke::Smoke>),
    /// Run the scenarios again and again, and tell each change once
    #[cfg(feature = "watch")]
    #[command(after_help = run::ExitCode::table())]
    Watch(Box<watch::Watch>),
    /// Run the scenarios after a deploy, keep the reports in a folder, and say whether to keep the deploy
    #[command(after_help = run::ExitCode::table())]
    Gate(Box<gate::Gate>),
    /// Merge the JSON reports of shards, and diagnose again with the observations of all of them; sends nothing
    #[command(after_help = run::ExitCode::table())]
    Merge(Box<merge::Merge>),
    /// Name the cause by recorded evidence: HAR files, logs, manifests, reports; sends nothing
    Explain(Box<explain::Explain>),
    /// Check manifests before traffic moves: what is missing, wrong, lost or changed; sends nothing
    #[command(
        after_help = "Exit codes:\n  0    no problem that fails the gate\n  1    a problem that fails the gate\n  2    bad usage, or input that cannot be read\n  5    no problem, but the result could not be printed"
    )]
    Preflight(manifests::preflight::Preflight),
    /// List what changed between two revisions, and name the change that explains the failure
    #[command(
        after_help = "Exit codes:\n  0    no change explains a failure\n  1    a change explains it\n  2    bad usage, or input that cannot be read\n  5    no change explains a failure, but the result could not be printed"
    )]
    Bisect(manifests::bisect::Bisect),
    /// Print what each service requires of its environment, as a file for `preflight --contract`
    Contract(manifests::contract::ContractArgs),
    /// Run the scenarios as `smoke` does, and keep evidence and verdict in a folder, as a regression test
    #[command(after_help = run::ExitCode::table())]
    Record(Box<record::Record>),
    /// Start the twin and keep it running, for curl, a browser, or another fivewhys process
    #[cfg(feature = "twin")]
    Twin(twin::Twin),
    /// Measure the diagnosis of this build: every fault of the twin, in every dialect, with every set of evidence
    #[cfg(feature = "twin")]
    Selftest(selftest::Selftest),
    /// Print a token for a test user, and nothing else
    Mint(mint::Mint),
    /// Check target files, scenarios and catalogue files for mistakes; sends nothing
    Check(check::Check),
    /// Write a target file for a system, from its URLs, an OpenAPI file or a HAR file
    Init(init::Init),
    /// Print the completion script of a shell
    Completions(completions::Completions),
    /// List every fault of the catalogue, or explain one
    Faults(faults::Faults),
}

/// Runs the program and returns its exit code.
pub fn main() -> ExitCode {
    let signals = Signals::listen();
    bug::report_panics();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            if error.use_stderr() {
                gate::not_tested_by_mistake(std::env::args().skip(1));
            }
            return output::usage(&error);
        }
    };
    output::log_to_stderr();
    let runtime = runtime();
    let (signals, runtime) = match signals.and_then(|signals| Ok((signals, runtime?))) {
        Ok(both) => both,
        Err(error) => return Mistake::from(miette::miette!("cannot start: {error}")).show(),
    };
    let signals = Arc::new(signals);
    let own = Arc::clone(&signals);
    let done = runtime.block_on(runtime.spawn(async move { arguments.run(&own).await }));
    let done = done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    // A pending name resolution must not delay the exit.
    runtime.shutdown_background();
    signals.end_if_unseen();
    group::stop_and_wait();
    done.unwrap_or_else(|mistake| mistake.show())
}

/// Returns the runtime of the program. The command runs on one of its threads, beside the tasks that it wakes: to wake a task
/// of another thread takes longer than a call to this machine. A second thread runs while the command computes.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    let threads = std::thread::available_parallelism().map_or(2, |cores| cores.get().max(2));
    tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()
}

impl Arguments {
    async fn run(self, signals: &Signals) -> Result<ExitCode, Mistake> {
        if !self.command.sees_signals() {
            signals.end_at_once();
        }
        let target = &self.target;
        target.read_env_files()?;
        if !self.command.takes_several_targets() {
            target.refuse_several()?;
        }
        match self.command {
            Command::Smoke(smoke) => smoke.run(target, signals).await,
            #[cfg(feature = "watch")]
            Command::Watch(watch) => watch.run(target, signals).await,
            Command::Gate(gate) => gate.run(target, signals).await,
            Command::Merge(merge) => merge.run(target).await,
            Command::Explain(explain) => explain.run(target).await,
            Command::Record(record) => record.run(target, signals).await,
            #[cfg(feature = "twin")]
            Command::Twin(twin) => twin.run(target, signals).await,
            #[cfg(feature = "twin")]
            Command::Selftest(exam) => exam.run().await,
            Command::Preflight(preflight) => preflight.run(target),
            Command::Bisect(bisect) => bisect.run(target, signals).await,
            Command::Contract(contract) => contract.run(target),
            Command::Mint(mint) => mint.run(target).await,
            Command::Faults(faults) => faults.run(target),
            Command::Check(check) => check.run(target),
            Command::Init(init) => init.run().await,
            Command::Completions(completions) => completions.run(Self::command()),
        }
    }
}

impl Command {
    /// Reports whether `--target` may be repeated.
    const fn takes_several_targets(&self) -> bool {
        match self {
            #[cfg(feature = "watch")]
            Self::Watch(_) => true,
            _ => false,
        }
    }

    /// Reports whether the command goes on after a signal: to report, or to clean up.
    const fn sees_signals(&self) -> bool {
        match self {
            Self::Smoke(_) | Self::Gate(_) | Self::Record(_) => true,
            Self::Bisect(bisect) => bisect.is_a_run(),
            #[cfg(feature = "twin")]
            Self::Twin(_) => true,
            #[cfg(feature = "watch")]
            Self::Watch(_) => true,
            _ => false,
        }
    }
}
