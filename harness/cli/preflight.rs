//! `fivewhys preflight`: checks manifests before traffic moves. It sends nothing.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use miette::{IntoDiagnostic as _, miette};

use crate::cli::args::manifests::{redactor, subjects};
use crate::cli::args::supplied::text;
use crate::cli::args::target::TargetArgs;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::config::Target;
use crate::diagnose::Catalogue;
use crate::preflight::{Contract, Outcome, Review, page, problems};
use crate::report::printable;

/// How the problems are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Printed {
    /// One line a problem, the repairs, and a summary in the last line
    Human,
    /// JSON
    Json,
}

/// Options of `fivewhys preflight`.
#[derive(Debug, Args)]
pub(super) struct Preflight {
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
    pub(super) fn run(self, arguments: &TargetArgs) -> Result<ExitCode, Mistake> {
        if self.manifests.iter().chain(&self.against).filter(|one| one.rsplit('=').next() == Some("-")).count() > 1 {
            return Err(miette!("standard input can be read once: use `-` for only one manifest").into());
        }
        let target = arguments.resolve()?;
        let catalogue = &*arguments.catalogue(&target)?;
        let contract = contract(self.contract.as_deref(), &target, catalogue)?;
        let (now, previous) = (subjects(&self.manifests, &target)?, subjects(&self.against, &target)?);
        let review = Review::new(&target, catalogue, &contract, &now, &previous);
        let outcome = Outcome::of(&review, problems(&review));
        let redactor = redactor(now.iter().chain(&previous));
        let shown = match self.format {
            Printed::Json => redactor.clean_own(&(serde_json::to_string_pretty(&outcome).into_diagnostic()? + "\n")),
            Printed::Human => {
                let unicode = output::unicode();
                page(&outcome, &|line| printable(&redactor.clean_own(line), unicode))
            }
        };
        output::print(&shown).into_diagnostic()?;
        Ok(ExitCode::from(u8::from(!outcome.passed)))
    }
}

/// Returns the contract of a file, or the one that follows from the target.
pub(super) fn contract(file: Option<&str>, target: &Target, catalogue: &Catalogue) -> Result<Contract, Mistake> {
    Ok(match file {
        Some(file) => Contract::parse(file, &text(file)?, target, catalogue)?,
        None => Contract::of_target(target, catalogue)?,
    })
}
