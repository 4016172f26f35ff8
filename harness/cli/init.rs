//! `fivewhys init`: a target file to fill in.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic as _, miette};

use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::config;

/// Options of `fivewhys init`.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Where to write it
    #[arg(value_name = "PATH", default_value = "fivewhys.toml")]
    path: PathBuf,
    /// Write it in the place of a file that is there
    #[arg(long)]
    force: bool,
}

impl Init {
    pub(super) fn run(self) -> Result<ExitCode, Mistake> {
        let path = self.path.display();
        let mut options = OpenOptions::new();
        options.write(true).create(true).create_new(!self.force).truncate(self.force);
        let mut file = options.open(&self.path).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => miette!(help = "`--force` writes over it", "{path} is there already"),
            _ => miette!("cannot write {path}: {error}"),
        })?;
        file.write_all(config::starter().as_bytes()).into_diagnostic()?;
        // Its first line names this file: editors complete and check with it.
        let schema = self.path.with_file_name("fivewhys.schema.json");
        std::fs::write(&schema, config::schema())
            .map_err(|error| miette!("cannot write {}: {error}", schema.display()))?;
        let next = format!(
            "wrote {path}, and {} for editors: fill in what is marked FILL IN, then `fivewhys check {path}`\n",
            schema.display()
        );
        output::print(&next).into_diagnostic()?;
        Ok(ExitCode::SUCCESS)
    }
}
