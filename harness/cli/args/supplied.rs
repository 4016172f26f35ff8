//! Evidence from the command line: `--manifest` and `--logs`, each a file or `-` for standard input. Read and checked
//! before the run.

use std::io::{self, IsTerminal as _, Read};
use std::path::Path;
use std::time::Duration;

use clap::Args;
use miette::miette;

use crate::cli::terminal::mistake::Mistake;
use crate::config::Target;
use crate::evidence::{Focus, Supplied};
use crate::host::timed_read::TimedRead;
use crate::terms::{Hop, Service};

/// The largest manifest that is read, in bytes.
const LIMIT: u64 = 32 << 20;

/// The longest that an input is read. `tail -f` has no end.
const LONGEST: Duration = Duration::from_secs(300);

/// Options that supply evidence.
#[derive(Debug, Clone, Args)]
pub(crate) struct SuppliedArgs {
    /// Evidence: a manifest of Cloud Run, Kubernetes, docker-compose or ECS, or an env file, in a file or on standard input
    /// (`-`). The name in the manifest decides the service, or `backend=FILE` does; may be repeated
    #[arg(long, value_name = "[SERVICE=]FILE")]
    manifest: Vec<String>,
    /// Evidence: a log of any size, in a file or on standard input (`-`): Cloud Logging, JSON lines, plain text, access
    /// logs. The lines say who wrote them, or `backend=FILE`, `auth=FILE` or `edge=FILE` does; may be repeated
    #[arg(long, value_name = "[WRITER=]FILE")]
    logs: Vec<String>,
}

impl SuppliedArgs {
    /// Reports whether it names any evidence.
    #[cfg(feature = "watch")]
    pub(crate) const fn is_given(&self) -> bool {
        !self.manifest.is_empty() || !self.logs.is_empty()
    }

    /// Reports whether some evidence is on standard input.
    #[cfg(feature = "watch")]
    pub(crate) fn reads_stdin(&self) -> bool {
        let manifests = self.manifest.iter().map(|one| whose(one).1);
        manifests.chain(self.logs.iter().map(|one| writer(one).1)).any(|file| file == "-")
    }

    /// Reads all evidence. `focus` is on the probes that were sent before.
    pub(crate) fn read(&self, target: &Target, focus: &Focus) -> Result<Supplied, Mistake> {
        let from_stdin = self.manifest.iter().map(|one| whose(one).1).chain(self.logs.iter().map(|one| writer(one).1));
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
        for given in &self.logs {
            let (writer, file) = writer(given);
            let size = std::fs::metadata(file).ok().filter(std::fs::Metadata::is_file).map(|file| file.len());
            supplied.add_log(called(file), writer, opened(file)?, target, focus.clone())?;
            size.filter(|_| file != "-").into_iter().for_each(|size| supplied.follow(Path::new(file), size));
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

/// Splits `backend=FILE`. Without a writer, the lines tell.
pub(crate) fn writer(given: &str) -> (Option<Hop>, &str) {
    match given.split_once('=') {
        Some(("backend", file)) => (Some(Hop::Backend), file),
        Some(("auth", file)) => (Some(Hop::Auth), file),
        Some(("edge", file)) => (Some(Hop::Edge), file),
        _ => (None, given),
    }
}

/// Returns how messages call a file.
pub(crate) fn called(file: &str) -> &str {
    if file == "-" { "standard input" } else { file }
}

/// Opens a file, or standard input for `-`. A read fails after five minutes.
pub(crate) fn opened(file: &str) -> Result<Box<dyn Read>, Mistake> {
    if file != "-" {
        let opened = std::fs::File::open(file).map_err(|error| miette!("cannot read {}: {error}", called(file)))?;
        return Ok(Box::new(TimedRead::new(opened, LONGEST)));
    }
    if io::stdin().is_terminal() {
        return Err(miette!("standard input is a terminal: pipe the evidence to it, or name a file").into());
    }
    Ok(Box::new(TimedRead::new(io::stdin(), LONGEST)))
}

/// Returns the text of a file or of standard input (`-`), of at most 32 MiB.
pub(crate) fn text(file: &str) -> Result<String, Mistake> {
    let mut bytes = Vec::new();
    let read = opened(file)?.take(LIMIT + 1).read_to_end(&mut bytes);
    read.map_err(|error| miette!("cannot read {}: {error}", called(file)))?;
    if bytes.len() as u64 > LIMIT {
        return Err(miette!("{} is larger than {} MiB", called(file), LIMIT >> 20).into());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
