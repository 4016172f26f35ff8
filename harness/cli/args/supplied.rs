//! Evidence handed over on the command line: `--manifest` and `--logs`, each a file or `-` for standard input. Read and checked before
//! anything is driven.

use std::io::{self, IsTerminal as _, Read};

use clap::Args;
use miette::miette;

use crate::cli::terminal::mistake::Mistake;
use crate::config::Target;
use crate::evidence::Supplied;
use crate::terms::Service;

/// Bytes that are taken of one file.
const LIMIT: u64 = 32 << 20;

/// Options that hand over evidence.
#[derive(Debug, Args)]
pub(crate) struct SuppliedArgs {
    /// Evidence: what `gcloud run services describe` or `revisions describe` prints in JSON, from a file or from `-`; whose it is tells
    /// its name, or `backend=FILE`; may be repeated
    #[arg(long, value_name = "[SERVICE=]FILE")]
    manifest: Vec<String>,
    /// Evidence: what `gcloud logging read` prints in JSON, from a file or from `-`; may be repeated
    #[arg(long, value_name = "FILE")]
    logs: Vec<String>,
}

impl SuppliedArgs {
    /// Reads all of it.
    pub(crate) fn read(&self, target: &Target) -> Result<Supplied, Mistake> {
        let from_stdin = self.manifest.iter().map(|one| whose(one).1).chain(self.logs.iter().map(String::as_str));
        if from_stdin.filter(|file| *file == "-").count() > 1 {
            return Err(miette!("standard input can be read once: only one `-` of --manifest and --logs").into());
        }
        let mut supplied = Supplied::default();
        for given in &self.manifest {
            let (service, file) = whose(given);
            supplied.add_manifests(called(file), service, &text(file)?, &target.names)?;
        }
        for file in &self.logs {
            supplied.add_log(called(file), &text(file)?)?;
        }
        Ok(supplied)
    }
}

/// `backend=FILE`, or a file whose text tells whose it is.
fn whose(given: &str) -> (Option<Service>, &str) {
    match given.split_once('=') {
        Some(("backend", file)) => (Some(Service::Backend), file),
        Some(("auth", file)) => (Some(Service::Auth), file),
        _ => (None, given),
    }
}

fn called(file: &str) -> &str {
    if file == "-" { "standard input" } else { file }
}

fn text(file: &str) -> Result<String, Mistake> {
    if file == "-" && io::stdin().is_terminal() {
        return Err(miette!("standard input is a terminal: pipe the JSON in, or name a file").into());
    }
    let opened: io::Result<Box<dyn Read>> =
        if file == "-" { Ok(Box::new(io::stdin())) } else { std::fs::File::open(file).map(|file| Box::new(file) as _) };
    let mut bytes = Vec::new();
    let read = opened.and_then(|from| from.take(LIMIT + 1).read_to_end(&mut bytes));
    read.map_err(|error| miette!("cannot read {}: {error}", called(file)))?;
    if bytes.len() as u64 > LIMIT {
        return Err(miette!("{} holds over {} MiB", called(file), LIMIT >> 20).into());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
