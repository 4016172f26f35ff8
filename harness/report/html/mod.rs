//! The HTML report: one page that tells somebody who has never seen the system who must fix what. Sits in `report`; one file a section.
//!
//! Self-contained: no script, nothing remote, and a content security policy that allows neither. Without colour it says the same.

mod baseline;
mod cause;
mod exchanges;
mod figure;
mod findings;
mod gate;
mod head;
mod markup;
mod outcome;
mod partial;
mod steps;
#[cfg(test)]
pub(crate) mod tests;

use maud::{DOCTYPE, html};

use super::Report;

/// The report as one HTML page, ending with a new line. Whatever the server under test has said in it is text and nothing else.
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
                    (findings::section(report))
                    (baseline::section(report))
                    (steps::section(report))
                    (exchanges::section(report))
                }
                (outcome::footer(report))
            }
        }
    };
    page.into_string() + "\n"
}
