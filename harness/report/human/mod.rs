//! The human report: what ran, why it failed, and the outcome as the last line.
//!
//! Start at [`render`]. One file writes one section, in this order:
//!
//! - `scenarios`: the failed steps first, or one line for each scenario
//! - `objectives`: the objectives of the target, with the measured values
//! - `cause/`: why it failed, the candidates that remain, what to do
//! - `load`: what many users saw
//! - `findings`: findings, and evidence that could not be read
//! - `probe/`: every probe (`--verbose`), and failed calls as commands (`--curl`)
//! - `explained`: when it began, and what `fivewhys explain` assumes
//! - `baseline`, `gate`: what is new since an earlier run, and whether to roll back
//! - `ending`: the outcome
//!
//! `page/` lays text out. `manual` and `matrix` show the fault catalogue for `fivewhys faults`.
//!
//! Invariant: only `page/` writes to the output, so no control character of a foreign text reaches a terminal.

mod baseline;
mod cause;
mod ending;
mod explained;
mod findings;
mod gate;
mod load;
mod manual;
mod matrix;
mod objectives;
mod page;
mod probe;
mod scenarios;
#[cfg(test)]
pub(crate) mod tests;

pub use self::manual::{fault_list, fault_page};
pub use self::matrix::matrices;
pub use crate::report::format::Style;

use self::page::Page;
use crate::report::format::{Format, Stdout};
use crate::report::human::page::text::{Ink, Paint, Separator, Text};
use crate::report::words::reach;
use crate::report::{Report, RunOutcome};

/// Text for people.
#[derive(Debug, Clone, Copy)]
pub struct Human;

impl Format for Human {
    fn name(&self) -> &'static str {
        "human"
    }

    fn help(&self) -> &'static str {
        "People: text for a terminal"
    }

    fn extension(&self) -> &'static str {
        "txt"
    }

    fn stdout(&self) -> Option<Stdout> {
        Some(Stdout::Lines)
    }

    fn render(&self, report: &Report, style: &Style) -> String {
        render(report, style)
    }

    fn render_quiet(&self, report: &Report, style: &Style) -> String {
        last_line(report, style)
    }
}

/// Returns the report as text that ends with a new line. Text from the server under test is made harmless: the only control characters in
/// the result are our own colours and new lines.
#[must_use]
pub fn render(report: &Report, style: &Style) -> String {
    let mut page = Page::new(style);
    page.paragraph(0, &heading(page.ink(), report));
    match report.outcome {
        RunOutcome::Passed => scenarios::passed(&mut page, report),
        RunOutcome::Failed => scenarios::failed(&mut page, report),
    }
    objectives::write(&mut page, report);
    cause::write(&mut page, report, style.verbose);
    load::write(&mut page, report);
    findings::write(&mut page, report);
    if style.verbose {
        probe::write(&mut page, report);
    }
    if style.curl {
        probe::curls::write(&mut page, report);
    }
    explained::write(&mut page, report);
    baseline::write(&mut page, report);
    gate::write(&mut page, report, style.verbose);
    ending::write(&mut page, report);
    page.finish()
}

/// Returns the last line of [`render`] alone: the outcome.
#[must_use]
pub fn last_line(report: &Report, style: &Style) -> String {
    let mut page = Page::new(style);
    ending::write(&mut page, report);
    let ending = page.finish();
    ending.lines().last().map_or_else(String::new, |line| format!("{line}\n"))
}

fn heading(ink: Ink, report: &Report) -> Text {
    let parts = [format!("target {}", report.target), format!("evidence {}", report.evidence.join(", "))];
    let shard = report.shard.map(|shard| format!("shard {shard}"));
    let page = report.system.as_ref().and_then(|system| system.browser.as_ref());
    let page = page.map(|page| format!("browser on {}", page.origin));
    let proxy = report.proxy.as_ref().map(|proxy| format!("proxy {proxy}"));
    ink.list(
        Paint::Faint,
        parts.into_iter().chain(page).chain(proxy).chain(reach(&report.reach)).chain(shard),
        Separator::Dot,
    )
}
