//! `fivewhys init`: writes a target file to fill in.

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
    /// The file to write
    #[arg(value_name = "PATH", default_value = "fivewhys.toml")]
    path: PathBuf,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

impl Init {
    pub(super) fn run(self) -> Result<ExitCode, Mistake> {
        let path = self.path.display();
        let mut options = OpenOptions::new();
        options.write(true).create(true).create_new(!self.force).truncate(self.force);
        let mut file = options.open(&self.path).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => miette!(help = "`--force` overwrites it", "{path} already exists"),
            _ => miette!("cannot write {path}: {error}"),
        })?;
        file.write_all(config::starter().as_bytes()).into_diagnostic()?;
        // The first line of the target file names this schema, so that editors complete and check it.
        let schema = self.path.with_file_name("fivewhys.schema.json");
        std::fs::write(&schema, config::schema())
            .map_err(|error| miette!("cannot write {}: {error}", schema.display()))?;
        let next = format!(
            "wrote {path}, and {} for editors: fill in what is marked FILL IN, then run `fivewhys check {path}`\n",
            schema.display()
        );
        output::print(&next).into_diagnostic()?;
        Ok(ExitCode::SUCCESS)
    }
}
