//! `fivewhys completions`: prints the completion script of a shell.

use std::process::ExitCode;

use clap::{Args, Command, ValueEnum};
use clap_complete::{Generator as _, Shell};
use miette::IntoDiagnostic as _;

use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;

/// Options of `fivewhys completions`.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    shell: Known,
}

/// The shells for which a test runs the script.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Known {
    Bash,
    Zsh,
    Fish,
}

impl Completions {
    pub(super) fn run(self, mut program: Command) -> Result<ExitCode, Mistake> {
        let shell = match self.shell {
            Known::Bash => Shell::Bash,
            Known::Zsh => Shell::Zsh,
            Known::Fish => Shell::Fish,
        };
        program.set_bin_name("fivewhys");
        program.build();
        let mut script = Vec::new();
        shell.try_generate(&program, &mut script).into_diagnostic()?;
        output::print(&String::from_utf8(script).into_diagnostic()?).into_diagnostic()?;
        Ok(ExitCode::SUCCESS)
    }
}
