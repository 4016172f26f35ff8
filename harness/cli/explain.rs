//! `fivewhys explain`: the verdict that recorded evidence allows.

use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic as _, miette};

use crate::cli::args::shown::ShownArgs;
use crate::cli::args::supplied;
use crate::cli::args::target::TargetArgs;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::diagnose::Catalogue;
use crate::explain::{DEMOS, Demo, Piece, Pieces};
use crate::redact::Redactor;

/// The value of `--demo` without a value.
const LIST: &str = "";

/// Options of `fivewhys explain`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Any mix of HAR files, logs, manifests and JSON reports of fivewhys; `-` is standard input. The content decides
    /// the kind; `backend=FILE`, `auth=FILE` or `edge=FILE` names the service of a manifest or the writer of a log. A
    /// report or a recording of a run needs the target file of that run: `--config FILE`, if it is not ./fivewhys.toml
    #[arg(required_unless_present = "demo", value_name = "[SERVICE=]FILE")]
    files: Vec<String>,
    /// Explain one of the incidents that come with the program, by its number or name; without a value, list them
    #[arg(long, value_name = "N|NAME", num_args = 0..=1, default_missing_value = LIST, conflicts_with = "files")]
    demo: Option<String>,
    #[command(flatten)]
    shown: ShownArgs,
}

impl Explain {
    pub(super) async fn run(self, arguments: &TargetArgs) -> Result<ExitCode, Mistake> {
        self.shown.check()?;
        if self.demo.as_deref() == Some(LIST) {
            output::print(&demos()).into_diagnostic()?;
            return Ok(ExitCode::SUCCESS);
        }
        if self.files.iter().filter(|file| supplied::writer(file).1 == "-").count() > 1 {
            return Err(miette!("standard input can be read once: use `-` for only one file").into());
        }
        let redactor = Redactor::new();
        let pieces = Pieces::sort(self.pieces()?, &redactor)?;
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
        Ok(self.shown.show(&report, &redactor).exit(report.exit.code))
    }

    /// Reads the files, or takes those of the demonstration.
    fn pieces(&self) -> Result<Vec<Piece>, Mistake> {
        if let Some(wanted) = &self.demo {
            let demo = Demo::called(wanted);
            return demo
                .map(|demo| demo.pieces())
                .ok_or_else(|| miette!("there is no demonstration `{wanted}`; they are:\n{}", demos()).into());
        }
        pieces(&self.files)
    }
}

/// Opens files of evidence, each `[SERVICE=]FILE`.
pub(super) fn pieces(files: &[String]) -> Result<Vec<Piece>, Mistake> {
    let piece = |given: &String| {
        let (writer, file) = supplied::writer(given);
        Ok(Piece { from: supplied::called(file).to_owned(), writer, content: supplied::opened(file)? })
    };
    files.iter().map(piece).collect()
}

/// Lists the demonstrations.
fn demos() -> String {
    let line = |(number, demo): (usize, &Demo)| format!("{number}  {:<33}{}\n", demo.name, demo.title());
    (1..).zip(&DEMOS).map(line).collect()
}
