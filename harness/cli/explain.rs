//! `fivewhys explain`: the verdict that recorded evidence allows.

use std::process::ExitCode;

use clap::Args;
use miette::miette;

use crate::cli::args::shown::ShownArgs;
use crate::cli::args::supplied;
use crate::cli::args::target::TargetArgs;
use crate::cli::terminal::mistake::Mistake;
use crate::diagnose::Catalogue;
use crate::explain::{Piece, Pieces};
use crate::redact::Redactor;

/// Options of `fivewhys explain`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Any mix of HAR files, logs, manifests and JSON reports of fivewhys; `-` is standard input. The content decides
    /// the kind; `backend=FILE`, `auth=FILE` or `edge=FILE` names the service of a manifest or the writer of a log
    #[arg(required = true, value_name = "[SERVICE=]FILE")]
    files: Vec<String>,
    #[command(flatten)]
    shown: ShownArgs,
}

impl Explain {
    pub(super) async fn run(self, arguments: &TargetArgs) -> Result<ExitCode, Mistake> {
        self.shown.check()?;
        if self.files.iter().filter(|file| supplied::writer(file).1 == "-").count() > 1 {
            return Err(miette!("standard input can be read once: use `-` for only one file").into());
        }
        let redactor = Redactor::new();
        let piece = |given: &String| {
            let (writer, file) = supplied::writer(given);
            Ok(Piece { from: supplied::called(file).to_owned(), writer, content: supplied::opened(file)? })
        };
        let pieces = Pieces::sort(self.files.iter().map(piece).collect::<Result<_, Mistake>>()?, &redactor)?;
        let target = match pieces.target_name().map(str::to_owned) {
            Some(name) => Some(arguments.resolve_for(Some(&name))?),
            None if arguments.is_named() => Some(arguments.resolve()?),
            None => None,
        };
        let catalogue = match &target {
            Some(target) => arguments.catalogue(target)?,
            None => Catalogue::with(arguments.catalogue_files())?,
        };
        let report = pieces.explain(target, catalogue, redactor.clone()).await?;
        self.shown.show(&report, &redactor)?;
        Ok(ExitCode::from(report.exit.code))
    }
}
