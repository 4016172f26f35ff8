//! `fivewhys faults`: lists the catalogue, explains one fault, or shows which evidence distinguishes which faults.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic as _, miette};
use serde::Serialize;

use crate::cli::args::target::TargetArgs;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::diagnose::{Catalogue, Entry, Matrix};
use crate::document::nearest_or_all;
use crate::report::human;
use crate::terms::EvidenceSource;

/// The width of the list without a terminal: each fault has one line.
const PIPED: usize = 140;

/// The width of a page in `docs/`.
const PAGE: usize = 80;

/// The compared sets of evidence, and whether the output shows all their classes.
const SETS: &[(&[EvidenceSource], bool)] = &[
    (&[EvidenceSource::Edge], true),
    (&[EvidenceSource::Edge, EvidenceSource::Auth], true),
    (&[EvidenceSource::Edge, EvidenceSource::Auth, EvidenceSource::ServiceCredentials], false),
    (&[EvidenceSource::Edge, EvidenceSource::Manifest], false),
    (&[EvidenceSource::Edge, EvidenceSource::Logs], false),
    (&[EvidenceSource::Edge, EvidenceSource::Auth, EvidenceSource::Manifest], false),
    (&[EvidenceSource::Edge, EvidenceSource::Auth, EvidenceSource::Logs], false),
    (
        &[
            EvidenceSource::Edge,
            EvidenceSource::Auth,
            EvidenceSource::ServiceCredentials,
            EvidenceSource::Manifest,
            EvidenceSource::Logs,
        ],
        true,
    ),
];

/// Options of `fivewhys faults`.
#[derive(Debug, Args)]
pub(super) struct Faults {
    /// Explain this fault; without an id, list all faults
    id: Option<String>,
    /// Show which evidence distinguishes which faults; with --evidence: only for this evidence
    #[arg(long, conflicts_with = "id")]
    matrix: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Faults {
    pub(super) fn run(self, target: &TargetArgs) -> Result<ExitCode, Mistake> {
        let catalogue = &*target.catalogue(&target.resolve()?)?;
        let text = match &self.id {
            None if self.matrix => self.matrix(catalogue, target.evidence_sources())?,
            Some(id) => self.explain(&find(catalogue, id)?)?,
            None => self.list(&catalogue.entries().collect::<Vec<_>>())?,
        };
        output::print(&text).into_diagnostic()?;
        Ok(ExitCode::SUCCESS)
    }

    fn list(&self, entries: &[Entry]) -> Result<String, Mistake> {
        let width = if std::io::stdout().is_terminal() { output::width() } else { PIPED };
        if self.json { json(entries) } else { Ok(human::fault_list(entries, &style(width))) }
    }

    fn matrix(&self, catalogue: &Catalogue, evidence_sources: Option<&[EvidenceSource]>) -> Result<String, Mistake> {
        let sets: Vec<(Matrix, bool)> = match evidence_sources {
            Some(evidence_sources) => vec![(catalogue.matrix(&with_the_edge(evidence_sources)), true)],
            None => SETS.iter().map(|(evidence_sources, whole)| (catalogue.matrix(evidence_sources), *whole)).collect(),
        };
        if self.json {
            return json(&sets.into_iter().map(|(matrix, _)| matrix).collect::<Vec<_>>());
        }
        let width = if std::io::stdout().is_terminal() { output::width() } else { PAGE };
        Ok(human::matrices(&sets, &style(width)))
    }

    fn explain(&self, entry: &Entry) -> Result<String, Mistake> {
        if self.json { json(entry) } else { Ok(human::fault_page(entry, &style(output::width()))) }
    }
}

fn find(catalogue: &Catalogue, id: &str) -> Result<Entry, Mistake> {
    let known: Vec<&str> = catalogue.ids().collect();
    let unknown = || miette!(help = nearest_or_all(id, &known), "there is no fault `{id}` in the catalogue");
    Ok(catalogue.explained(id).ok_or_else(unknown)?)
}

/// Adds the edge, which is always granted.
fn with_the_edge(evidence_sources: &[EvidenceSource]) -> Vec<EvidenceSource> {
    let others = evidence_sources.iter().copied().filter(|evidence_source| *evidence_source != EvidenceSource::Edge);
    std::iter::once(EvidenceSource::Edge).chain(others).collect()
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, Mistake> {
    Ok(serde_json::to_string_pretty(value).into_diagnostic()? + "\n")
}

fn style(width: usize) -> human::Style {
    human::Style {
        curl: false,
        width,
        colour: output::colour(std::io::stdout().is_terminal()),
        unicode: output::unicode(),
        verbose: false,
        has_flags: true,
    }
}
