//! `fivewhys contract`: prints what each service requires of its environment.

use std::process::ExitCode;

use clap::Args;
use miette::IntoDiagnostic as _;

use crate::cli::args::manifests::{redactor, subjects};
use crate::cli::args::target::TargetArgs;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::preflight::{Contract, written};

/// Options of `fivewhys contract`.
#[derive(Debug, Args)]
pub(crate) struct ContractArgs {
    /// A manifest of a revision that works: what it sets is required, and what refers to a secret is a secret; may be
    /// repeated [default: the contract that follows from `[variables]` of the target]
    #[arg(long, value_name = "[SERVICE=]FILE")]
    from: Vec<String>,
}

impl ContractArgs {
    pub(crate) fn run(&self, arguments: &TargetArgs) -> Result<ExitCode, Mistake> {
        let target = arguments.resolve()?;
        let known = Contract::of_target(&target, &*arguments.catalogue(&target)?)?;
        let subjects = subjects(&self.from, &target)?;
        let text = if subjects.is_empty() { known.to_toml() } else { written(&subjects, &known) };
        let text = text.into_diagnostic()?;
        output::print(&redactor(subjects.iter()).clean_own(&text)).into_diagnostic()?;
        Ok(ExitCode::SUCCESS)
    }
}
