//! What GitHub Actions shows of a run: annotations at lines of scenario files, and a job summary in Markdown.
//!
//! Start at `summary` and `annotations`.
//!
//! - `summary`: the whole page; `around`: incomplete runs, the gate, the baseline
//! - `objectives`: the objectives of the target
//! - `annotations`: errors, warnings and notices; `command`: how the runner reads them
//! - `markdown`, `mermaid`: make foreign text safe in a page and in a diagram
//!
//! Invariant: a text from the server under test is never markup and never a workflow command.

mod annotations;
mod around;
mod command;
mod markdown;
mod mermaid;
mod objectives;
mod summary;
#[cfg(test)]
pub(crate) mod tests;

pub use self::annotations::{Place, annotations};
pub use self::command::stopped;
pub use self::summary::summary;

use crate::report::Report;
use crate::report::format::{Format, Style};

/// The job summary of GitHub Actions. With it, annotations are printed after the report on stdout.
#[derive(Debug, Clone, Copy)]
pub struct Github;

impl Format for Github {
    fn name(&self) -> &'static str {
        "github"
    }

    fn help(&self) -> &'static str {
        "GitHub Actions: annotations, and a job summary that goes to the job or to PATH"
    }

    fn extension(&self) -> &'static str {
        "md"
    }

    fn is_shown_by_github(&self) -> bool {
        true
    }

    fn render(&self, report: &Report, _: &Style) -> String {
        summary(report)
    }
}
