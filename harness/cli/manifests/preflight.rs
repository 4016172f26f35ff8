//! `fivewhys preflight`: checks manifests before traffic moves. It sends nothing.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use miette::{IntoDiagnostic as _, miette};

use crate::cli::args::manifests::{redactor, subjects};
use crate::cli::args::supplied::text;
use crate::cli::args::target::TargetArgs;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::cli::terminal::unwritten::print_result;
use crate::config::Target;
use crate::diagnose::Catalogue;
use crate::preflight::{Contract, Outcome, Review, Subject, page, problems};
use crate::report::{json, printable};

/// How problems and changes are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Printed {
    /// One line a finding, and a summary in the last line
    Human,
    /// JSON
    Json,
}

/// Options of `fivewhys preflight`.
#[derive(Debug, Args)]
pub(crate) struct Preflight {
    /// The manifests that are about to get traffic: Cloud Run, Kubernetes, docker-compose, ECS or an env file. The name in
    /// a manifest decides the service, or `backend=FILE` does; `-` is standard input
    #[arg(required = true, value_name = "[SERVICE=]FILE")]
    manifests: Vec<String>,
    /// A manifest of the same service before: names every variable that was lost, added or changed; may be repeated
    #[arg(long, value_name = "[SERVICE=]FILE")]
    against: Vec<String>,
    /// What each service requires [default: derived from `[variables]` of the target; `fivewhys contract` prints it]
    #[arg(long, value_name = "FILE")]
    contract: Option<String>,
    /// The format of the output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Printed,
}

impl Preflight {
    pub(crate) fn run(self, arguments: &TargetArgs) -> Result<ExitCode, Mistake> {
        if self.manifests.iter().chain(&self.against).filter(|one| one.rsplit('=').next() == Some("-")).count() > 1 {
            return Err(miette!("standard input can be read once: use `-` for only one manifest").into());
        }
        let target = arguments.resolve()?;
        let catalogue = &*arguments.catalogue(&target)?;
        let contract = contract(self.contract.as_deref(), &target, catalogue)?;
        let (now, previous) = (subjects(&self.manifests, &target)?, subjects(&self.against, &target)?);
        something_is_checked(&now, &previous, &contract)?;
        let review = Review::new(&target, catalogue, &contract, &now, &previous);
        let outcome = Outcome::of(&review, problems(&review));
        let redactor = redactor(now.iter().chain(&previous));
        let shown = match self.format {
            Printed::Json => {
                let mut outcome = serde_json::to_value(&outcome).into_diagnostic()?;
                redactor.clean_json(&mut outcome);
                json::escaped(&serde_json::to_string_pretty(&outcome).into_diagnostic()?)
            }
            Printed::Human => {
                let unicode = output::unicode();
                page(&outcome, &|line| printable(&redactor.clean_own(line), unicode))
            }
        };
        Ok(print_result(&shown, u8::from(!outcome.passed)))
    }
}

/// Refuses manifests of which none is in the contract, and a previous manifest without a newer one: a check of nothing must
/// not pass.
fn something_is_checked(now: &[Subject], previous: &[Subject], contract: &Contract) -> Result<(), Mistake> {
    let names =
        |subjects: &[Subject]| subjects.iter().map(|one| format!("`{}`", one.service)).collect::<Vec<_>>().join(", ");
    if !now.iter().any(|one| contract.of(&one.service).next().is_some()) {
        let known: Vec<&str> = contract.services().collect();
        let help =
            format!("the contract names {}: write `{}=FILE`", known.join(", "), known.first().unwrap_or(&"SERVICE"));
        return Err(miette!(help = help, "nothing can be checked: the contract does not name {}", names(now)).into());
    }
    if let Some(alone) = previous.iter().find(|then| !now.iter().any(|one| one.service == then.service)) {
        let help = format!("the manifests are of {}: write `--against SERVICE=FILE`", names(now));
        return Err(miette!(help = help, "--against: there is no newer manifest of `{}`", alone.service).into());
    }
    Ok(())
}

/// Returns the contract of a file, or the one that follows from the target.
pub(crate) fn contract(file: Option<&str>, target: &Target, catalogue: &Catalogue) -> Result<Contract, Mistake> {
    Ok(match file {
        Some(file) => Contract::parse(file, &text(file)?, target, catalogue)?,
        None => Contract::of_target(target, catalogue)?,
    })
}
