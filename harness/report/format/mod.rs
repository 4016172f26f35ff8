//! What a report format is: a name, a line of help, and a function from a report to text.
//!
//! Start at [`Format`]. Each format implements it in its own module; `report/formats.rs` lists them.
//!
//! - `style`: how a report for people looks
//!
//! Invariant: this folder knows no format.

mod style;

use std::fmt::Debug;

pub use self::style::Style;
use crate::report::Report;

/// A form in which a report can be written.
///
/// # Example
/// ```
/// use fivewhys::internal::report::FORMATS;
///
/// let names: Vec<&str> = FORMATS.iter().map(|format| format.name()).collect();
/// assert!(names.contains(&"json"));
/// ```
pub trait Format: Debug + Sync {
    /// Returns the name that `--format` and `--report` take.
    fn name(&self) -> &'static str;

    /// Returns one line that says who reads this format, for `--help` and `docs/users/reports.md`.
    fn help(&self) -> &'static str;

    /// Returns the usual extension of a file of this format, without the dot.
    fn extension(&self) -> &'static str;

    /// Returns what the format looks like on stdout, or `None` if it is written to files only.
    fn stdout(&self) -> Option<Stdout> {
        None
    }

    /// Reports whether GitHub Actions shows this format. Then `--report` needs no path: it adds to the job summary and prints annotations.
    fn is_shown_by_github(&self) -> bool {
        false
    }

    /// Reports whether `fivewhys explain` can diagnose again from this format: the report then keeps its evidence.
    fn keeps_evidence(&self) -> bool {
        false
    }

    /// Returns the report as text that ends with a new line.
    fn render(&self, report: &Report, style: &Style) -> String;

    /// Returns the report for `--quiet`. A format for programs is never shortened.
    fn render_quiet(&self, report: &Report, style: &Style) -> String {
        self.render(report, style)
    }
}

/// What a report on stdout is made of. It decides where the workflow commands of GitHub Actions go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stdout {
    /// Lines for people: workflow commands may follow them.
    Lines,
    /// One document for a parser: workflow commands go to stderr, which the GitHub runner reads too.
    Document,
}
