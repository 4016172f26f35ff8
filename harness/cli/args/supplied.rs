//! Evidence from the command line: `--manifest` and `--logs`, each a file or `-` for standard input. Read and checked
//! before the run.

use std::io::{self, IsTerminal as _, Read};

use clap::Args;
use miette::miette;

use crate::cli::terminal::mistake::Mistake;
use crate::config::Target;
use crate::evidence::Supplied;
use crate::terms::Service;

/// The largest file that is read, in bytes.
const LIMIT: u64 = 32 << 20;

/// Options that supply evidence.
#[derive(Debug, Args)]
pub(crate) struct SuppliedArgs {
    /// Evidence: a manifest of Cloud Run, Kubernetes, docker-compose or ECS, or an env file, in a file or on standard input
    /// (`-`). The name in the manifest decides the service, or `backend=FILE` does; may be repeated
    #[arg(long, value_name = "[SERVICE=]FILE")]
    manifest: Vec<String>,
    /// Evidence: the JSON output of `gcloud logging read`, in a file or on standard input (`-`); may be repeated
    #[arg(long, value_name = "FILE")]
    logs: Vec<String>,
}

impl SuppliedArgs {
    /// Reads all evidence.
    pub(crate) fn read(&self, target: &Target) -> Result<Supplied, Mistake> {
        let from_stdin = self.manifest.iter().map(|one| whose(one).1).chain(self.logs.iter().map(String::as_str));
        if from_stdin.filter(|file| *file == "-").count() > 1 {
            return Err(
                miette!("standard input can be read once: use `-` for only one of --manifest and --logs").into()
            );
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

/// Splits `backend=FILE`. Without a service, the name in the file decides.
fn whose(given: &str) -> (Option<Service>, &str) {
    match given.split_once('=') {
        Some(("backend", file)) => (Some(Service::Backend), file),
        Some(("auth", file)) => (Some(Service::Auth), file),
        _ => (None, given),
    }
}

/// Returns the name of a file for messages.
pub(crate) fn called(file: &str) -> &str {
    if file == "-" { "standard input" } else { file }
}

/// Returns the text of a file or of standard input (`-`), of at most 32 MiB.
pub(crate) fn text(file: &str) -> Result<String, Mistake> {
    if file == "-" && io::stdin().is_terminal() {
        return Err(miette!("standard input is a terminal: pipe the text to it, or name a file").into());
    }
    let opened: io::Result<Box<dyn Read>> =
        if file == "-" { Ok(Box::new(io::stdin())) } else { std::fs::File::open(file).map(|file| Box::new(file) as _) };
    let mut bytes = Vec::new();
    let read = opened.and_then(|from| from.take(LIMIT + 1).read_to_end(&mut bytes));
    read.map_err(|error| miette!("cannot read {}: {error}", called(file)))?;
    if bytes.len() as u64 > LIMIT {
        return Err(miette!("{} is larger than {} MiB", called(file), LIMIT >> 20).into());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
