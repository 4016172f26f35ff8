//! `fivewhys init`: writes a target file to fill in.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic as _, miette};

use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::config;
use crate::host::file;

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
        if self.path.exists() && !self.force {
            return Err(miette!(help = "`--force` overwrites it", "{path} already exists").into());
        }
        // The first line of the target file names this schema, so that editors complete and check it.
        let schema = self.path.with_file_name("fivewhys.schema.json");
        write(&self.path, &config::starter())?;
        write(&schema, &config::schema())?;
        let next = format!(
            "wrote {path}, and {} for editors: fill in what is marked FILL IN, then run `fivewhys check {path}`\n",
            schema.display()
        );
        output::print_plain(&next).into_diagnostic()?;
        Ok(ExitCode::SUCCESS)
    }
}

fn write(path: &Path, text: &str) -> Result<(), Mistake> {
    Ok(file::write(path, text.as_bytes()).map_err(|error| miette!("cannot write {}: {error}", path.display()))?)
}
