//! `fivewhys record`: keeps a live failure as a regression test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use miette::miette;

use crate::cli::args::target::TargetArgs;
use crate::cli::smoke::Smoke;
use crate::cli::terminal::interrupt::Signals;
use crate::cli::terminal::mistake::Mistake;
use crate::explain::{Piece, Pieces, expected};
use crate::host::file;
use crate::redact::Redactor;
use crate::report::Report;

/// Options of `fivewhys record`.
#[derive(Debug, Args)]
pub(super) struct Record {
    /// The new folder: `run.har` is the evidence, and `expected.toml` the verdict that `fivewhys explain` gives on it
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    #[command(flatten)]
    smoke: Smoke,
}

/// The files of an incident.
const RECORDING: &str = "run.har";
const EXPECTED: &str = "expected.toml";
const TARGET: &str = "fivewhys.toml";

impl Record {
    pub(super) async fn run(self, arguments: &TargetArgs, signals: &Signals) -> Result<ExitCode, Mistake> {
        let Self { into, smoke } = self;
        if smoke.only_shows() {
            return Err(miette!("--list and --dry-run run nothing, so there is nothing to record").into());
        }
        prepare(&into)?;
        let target_file = arguments.file_path().0;
        let (report, redactor, mut unwritten) = smoke.report(arguments, signals, true).await?;
        let recording = report.recording(&redactor);
        let verdict = replayed(&recording, &report, arguments, &redactor).await;
        let mut write = |name: &str, text: std::io::Result<Vec<u8>>| {
            let path = into.join(name);
            unwritten.add(path.display(), text.and_then(|text| file::write(&path, &text)));
        };
        write(RECORDING, Ok(recording.into_bytes()));
        match verdict {
            Ok(verdict) => write(EXPECTED, Ok(redactor.clean_own(&expected(&verdict)).into_bytes())),
            Err(mistake) => {
                mistake.print();
                write(EXPECTED, Err(std::io::Error::other("the recording cannot be explained")));
            }
        }
        if let Some(file) = target_file {
            // The test must know the target. Its file names the sources of secrets, and no secret.
            write(TARGET, fs::read(file));
        }
        Ok(unwritten.exit(report.exit.code))
    }
}

/// Returns the verdict that `fivewhys explain` gives on the recording.
async fn replayed(
    recording: &str,
    report: &Report,
    arguments: &TargetArgs,
    redactor: &Redactor,
) -> Result<Report, Mistake> {
    let content = Box::new(std::io::Cursor::new(recording.to_owned()));
    let piece = Piece { from: RECORDING.to_owned(), writer: None, content };
    let pieces = Pieces::sort(vec![piece], redactor)?;
    let target = arguments.resolve_for(Some(&report.target))?;
    let catalogue = arguments.catalogue(&target)?;
    Ok(pieces.explain(Some(target), catalogue, redactor.clone()).await?)
}

/// Creates the folder. An earlier incident in it is not overwritten.
fn prepare(into: &Path) -> Result<(), Mistake> {
    if let Some(there) = [RECORDING, EXPECTED].into_iter().find(|name| into.join(name).exists()) {
        return Err(miette!("{} already has {there}: name a new folder", into.display()).into());
    }
    Ok(fs::create_dir_all(into).map_err(|error| miette!("cannot write {}: {error}", into.display()))?)
}
