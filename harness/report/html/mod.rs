//! The HTML report: one page that tells a first-time reader what failed, why, and who must fix it.
//!
//! Start at [`render`]. One file writes one section:
//!
//! - `head`: title, content security policy, style
//! - `outcome`: the banner and the footer; `partial`: why a run is incomplete
//! - `gate`, `baseline`: whether to roll back, and what is new
//! - `cause/`: one cause; `figure/`: its drawings
//! - `objectives`: the objectives of the target, with the measured values
//! - `load`: what many users saw
//! - `findings`, `steps`, `exchanges`: findings, every step, and requests with their responses
//! - `markup/`: what the sections share
//!
//! Invariant: the page runs no script and fetches nothing, and its content security policy allows neither. Colour carries no meaning alone.

mod baseline;
mod cause;
mod exchanges;
mod figure;
mod findings;
mod gate;
mod head;
mod load;
pub(crate) mod markup;
mod objectives;
mod outcome;
mod partial;
mod steps;
#[cfg(test)]
pub(crate) mod tests;

use maud::{DOCTYPE, html};

use crate::report::Report;
use crate::report::format::{Format, Style};

/// One HTML page for people.
#[derive(Debug, Clone, Copy)]
pub struct Html;

impl Format for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn help(&self) -> &'static str {
        "People who do not know the system: one HTML page without scripts"
    }

    fn extension(&self) -> &'static str {
        "html"
    }

    fn render(&self, report: &Report, _: &Style) -> String {
        render(report)
    }
}

/// Returns the report as one HTML page that ends with a new line. Text from the server under test is never markup.
#[must_use]
pub fn render(report: &Report) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            (head::head(report))
            body {
                a .skip href="#outcome" { "To the outcome" }
                (outcome::banner(report))
                main {
                    (gate::section(report))
                    @for (n, cause) in report.causes.iter().enumerate() { (cause::section(report, n, cause)) }
                    (load::section(report))
                    (findings::section(report))
                    (baseline::section(report))
                    (objectives::section(report))
                    (steps::section(report))
                    (exchanges::section(report))
                }
                (outcome::footer(report))
            }
        }
    };
    page.into_string() + "\n"
}
