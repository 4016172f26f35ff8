//! `fivewhys faults`: the catalogue, listed, or one fault of it explained, or what doors tell apart.

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
use crate::terms::Door;

/// Columns a list may take where no terminal is: each fault keeps its line.
const PIPED: usize = 140;

/// Columns of a page of `docs/`.
const PAGE: usize = 80;

/// The sets of doors that are compared, and whether all their classes are shown.
const SETS: &[(&[Door], bool)] = &[
    (&[Door::Edge], true),
    (&[Door::Edge, Door::Auth], true),
    (&[Door::Edge, Door::Auth, Door::ServiceCredentials], false),
    (&[Door::Edge, Door::Manifest], false),
    (&[Door::Edge, Door::Logs], false),
    (&[Door::Edge, Door::Auth, Door::Manifest], false),
    (&[Door::Edge, Door::Auth, Door::Logs], false),
    (&[Door::Edge, Door::Auth, Door::ServiceCredentials, Door::Manifest, Door::Logs], true),
];

/// Options of `fivewhys faults`.
#[derive(Debug, Args)]
pub(super) struct Faults {
    /// Explain this fault; without it, list all
    id: Option<String>,
    /// Show which faults can be told apart with which doors; with --doors: with these
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
            None if self.matrix => self.matrix(catalogue, target.doors())?,
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

    fn matrix(&self, catalogue: &Catalogue, doors: Option<&[Door]>) -> Result<String, Mistake> {
        let sets: Vec<(Matrix, bool)> = match doors {
            Some(doors) => vec![(catalogue.matrix(&with_the_edge(doors)), true)],
            None => SETS.iter().map(|(doors, whole)| (catalogue.matrix(doors), *whole)).collect(),
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
    Ok(catalogue.entry(id).ok_or_else(unknown)?)
}

/// The edge is always open.
fn with_the_edge(doors: &[Door]) -> Vec<Door> {
    let others = doors.iter().copied().filter(|door| *door != Door::Edge);
    std::iter::once(Door::Edge).chain(others).collect()
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
    }
}
