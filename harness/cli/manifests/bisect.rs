//! `fivewhys bisect`: what changed between two revisions, and which change explains the failure. It sends probes only
//! with `--test`.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use miette::{IntoDiagnostic as _, miette};

use crate::bisect::{Outcome, bisect, fetch, is_name, page};
use crate::cli::args::manifests::{named, register, subjects_of};
use crate::cli::args::supplied::{called, text};
use crate::cli::args::target::TargetArgs;
use crate::cli::explain::pieces;
use crate::cli::manifests::preflight::{Printed, contract};
use crate::cli::manifests::trial::{Setting, TrialArgs};
use crate::cli::terminal::interrupt::Signals;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::cli::terminal::unwritten::print_result;
use crate::config::Target;
use crate::diagnose::{Catalogue, Cause};
use crate::explain::{ExplainError, Pieces};
use crate::preflight::{Contract, Review, Subject};
use crate::redact::Redactor;
use crate::report::{json, printable};
use crate::terms::Service;

/// Options of `fivewhys bisect`.
#[derive(Debug, Args)]
pub(crate) struct Bisect {
    /// The older revision: a file with its manifest, as `preflight` takes it, or its name, which `gcloud` looks up. The name
    /// in the manifest decides the service, or `backend=REVISION` does
    #[arg(value_name = "[SERVICE=]REVISION_A")]
    before: String,
    /// The newer revision
    #[arg(value_name = "[SERVICE=]REVISION_B")]
    now: String,
    /// Evidence of the failure with the newer revision: HAR files, logs and reports, as `explain` takes them
    #[arg(value_name = "[SERVICE=]EVIDENCE")]
    files: Vec<String>,
    /// What each service requires [default: derived from `[variables]` of the target; `fivewhys contract` prints it]
    #[arg(long, value_name = "FILE")]
    contract: Option<String>,
    /// The format of the output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Printed,
    #[command(flatten)]
    trial: TrialArgs,
}

/// One revision.
pub(super) struct Revision {
    /// How errors call it.
    pub(super) from: String,
    pub(super) text: String,
    pub(super) subjects: Vec<Subject>,
}

impl Bisect {
    /// Reports whether it sends requests, and then sees signals itself.
    pub(crate) const fn is_a_run(&self) -> bool {
        self.trial.test
    }

    pub(crate) async fn run(self, arguments: &TargetArgs, signals: &Signals) -> Result<ExitCode, Mistake> {
        let given = [&self.before, &self.now].into_iter().chain(&self.files);
        if given.filter(|one| named(one).1 == "-").count() > 1 {
            return Err(miette!("standard input can be read once: use `-` for only one file").into());
        }
        let redactor = Redactor::new();
        let pieces = Pieces::sort(pieces(&self.files)?, &redactor)?;
        // A report must not choose the deployment that gets requests.
        let from_report = pieces.target_name().filter(|_| !self.trial.test).map(str::to_owned);
        let target = arguments.resolve_for(from_report.as_deref())?;
        let catalogue = arguments.catalogue(&target)?;
        let contract = contract(self.contract.as_deref(), &target, &catalogue)?;
        let (before, now) = self.revisions(&target).await?;
        register(&redactor, before.subjects.iter().chain(&now.subjects));
        something_is_compared(&before.subjects, &now.subjects, &contract)?;
        // The built-in target is of no deployment of the reader.
        let is_own = arguments.is_named() || arguments.file_path().0.is_some() && !target.twin;
        let of_explain = (from_report.is_some() || is_own).then(|| target.clone());
        let manifests = pieces.declared(&target.names)?;
        let evidence = match causes(pieces, &now, of_explain, Arc::clone(&catalogue), &redactor).await {
            _ if self.files.is_empty() => None,
            // The test shows calls.
            Err(ExplainError::NoCall { .. }) if self.trial.test => None,
            causes => Some(causes?),
        };
        let review = Review::new(&target, &catalogue, &contract, &now.subjects, &before.subjects);
        let outcome = match self.trial.test {
            false => bisect(&review, evidence.as_deref()),
            true => {
                let setting = Setting {
                    target: &target,
                    catalogue: &catalogue,
                    redactor: &redactor,
                    signals,
                    manifests: &manifests,
                };
                match self.trial.run(&before, &now, &setting).await? {
                    Ok(trials) => bisect(&review, Some(&trials.causes(evidence))).with(trials),
                    Err(code) => return Ok(code),
                }
            }
        };
        self.show(&outcome, &redactor)
    }

    /// Reads both revisions. A service that only one of them names is that of both.
    async fn revisions(&self, target: &Target) -> Result<(Revision, Revision), Mistake> {
        let (a, b) = (named(&self.before), named(&self.now));
        let (of_a, of_b) = (a.0.or(b.0), b.0.or(a.0));
        Ok((revision(of_a, a.1, target).await?, revision(of_b, b.1, target).await?))
    }

    fn show(&self, outcome: &Outcome, redactor: &Redactor) -> Result<ExitCode, Mistake> {
        let shown = match self.format {
            Printed::Json => {
                let mut outcome = serde_json::to_value(outcome).into_diagnostic()?;
                redactor.clean_json(&mut outcome);
                json::escaped(&serde_json::to_string_pretty(&outcome).into_diagnostic()?)
            }
            Printed::Human => {
                let unicode = output::unicode();
                page(outcome, &|line| printable(&redactor.clean_own(line), unicode))
            }
        };
        Ok(print_result(&shown, u8::from(outcome.is_explained)))
    }
}

/// Reads a revision from a file, or fetches the manifest of a named one.
async fn revision(service: Option<&str>, given: &str, target: &Target) -> Result<Revision, Mistake> {
    let (service, text) = match is_name(given) && !Path::new(given).exists() {
        true => {
            let (service, text) = fetch(service, given, target).await?;
            (Some(service.as_str()), text)
        }
        false => (service, text(given)?),
    };
    let subjects = subjects_of(called(given), service, &text, target)?;
    Ok(Revision { from: called(given).to_owned(), text, subjects })
}

/// Returns the causes that the evidence shows, with the manifest of the newer revision.
async fn causes(
    mut pieces: Pieces,
    now: &Revision,
    target: Option<Target>,
    catalogue: Arc<Catalogue>,
    redactor: &Redactor,
) -> Result<Vec<Cause>, ExplainError> {
    for service in Service::ALL {
        if now.subjects.iter().any(|one| one.service == service.as_str()) {
            pieces.add_current(*service, &now.from, &now.text);
        }
    }
    Ok(pieces.explain(target, catalogue, redactor.clone()).await?.causes)
}

/// Refuses revisions of different services, and those of which the contract names none: a comparison of nothing must not
/// pass.
fn something_is_compared(before: &[Subject], now: &[Subject], contract: &Contract) -> Result<(), Mistake> {
    let names =
        |subjects: &[Subject]| subjects.iter().map(|one| format!("`{}`", one.service)).collect::<Vec<_>>().join(", ");
    let pairs = || now.iter().filter(|one| before.iter().any(|then| then.service == one.service));
    if pairs().next().is_none() {
        let help = "name the service of both revisions: `SERVICE=REVISION_A SERVICE=REVISION_B`";
        let (before, now) = (names(before), names(now));
        return Err(miette!(help = help, "the revisions have no service in common: {before} and {now}").into());
    }
    if !pairs().any(|one| contract.of(&one.service).next().is_some()) {
        let known: Vec<&str> = contract.services().collect();
        let help = format!("the contract names {}: write `SERVICE=REVISION_A`", known.join(", "));
        return Err(miette!(help = help, "no change can be judged: the contract does not name {}", names(now)).into());
    }
    Ok(())
}
