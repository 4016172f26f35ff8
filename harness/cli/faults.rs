//! `fivewhys faults`: the catalogue, listed or one fault of it explained.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic as _, miette};
use serde::Serialize;

use super::mistake::Mistake;
use super::output;
use crate::diagnose::{Catalogue, Entry};
use crate::report::human;
use crate::target::nearest_or_all;

/// Columns a list may take where no terminal is: each fault keeps its line.
const PIPED: usize = 140;

/// Options of `fivewhys faults`.
#[derive(Debug, Args)]
pub(super) struct Faults {
    /// Explain this fault; without it, list all
    id: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Faults {
    pub(super) fn run(self) -> Result<ExitCode, Mistake> {
        let catalogue = Catalogue::shipped();
        let text = match &self.id {
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

    fn explain(&self, entry: &Entry) -> Result<String, Mistake> {
        if self.json { json(entry) } else { Ok(human::fault_page(entry, &style(output::width()))) }
    }
}

fn find(catalogue: &Catalogue, id: &str) -> Result<Entry, Mistake> {
    let known: Vec<&str> = catalogue.ids().collect();
    let unknown = || miette!(help = nearest_or_all(id, &known), "there is no fault `{id}` in the catalogue");
    Ok(catalogue.entry(id).ok_or_else(unknown)?)
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, Mistake> {
    Ok(serde_json::to_string_pretty(value).into_diagnostic()? + "\n")
}

fn style(width: usize) -> human::Style {
    human::Style {
        width,
        colour: output::colour(std::io::stdout().is_terminal()),
        unicode: output::unicode(),
        verbose: false,
    }
}
