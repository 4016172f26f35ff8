//! The human report: what was checked, why it failed, and the outcome as the last line. Sits in `report`; one file a section.

mod baseline;
mod cause;
mod ending;
mod findings;
mod gate;
mod manual;
mod matrix;
mod page;
mod probe;
mod scenarios;
#[cfg(test)]
pub(crate) mod tests;

pub use self::manual::{fault_list, fault_page};
pub use self::matrix::matrices;

// Every format says the same in the same words.
pub(super) use self::baseline::{lists, since, whats_new};
pub(super) use self::ending::{notes, outcome};
pub(super) use self::gate::{done, second_smoke};
pub(super) use self::scenarios::{ALREADY, tried};
pub(super) use crate::report::human::cause::candidates::{are_open, would_leave};
pub(super) use crate::report::human::cause::{claim, headline, hops};
pub(super) use crate::report::human::page::words::{counted, duration, percent};

use self::page::Page;
use super::{Report, RunOutcome};
pub use crate::report::human::page::style::Style;
use crate::report::human::page::text::{Ink, Paint, Separator, Text};

/// The report as text for a person, ending with a new line. Whatever the server under test has said in it is made harmless: no control
/// character, no bidirectional override leaves this function (but our own colours and new lines).
#[must_use]
pub fn render(report: &Report, style: &Style) -> String {
    let mut page = Page::new(style);
    page.paragraph(0, &heading(page.ink(), report));
    match report.outcome {
        RunOutcome::Passed => scenarios::passed(&mut page, report),
        RunOutcome::Failed => scenarios::failed(&mut page, report),
    }
    cause::write(&mut page, report, style.verbose);
    findings::write(&mut page, report);
    if style.verbose {
        probe::write(&mut page, report);
    }
    if style.curl {
        probe::curls::write(&mut page, report);
    }
    baseline::write(&mut page, report);
    gate::write(&mut page, report, style.verbose);
    ending::write(&mut page, report);
    page.finish()
}

/// The last line of [`render`] alone: the outcome.
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
    ink.list(Paint::Faint, parts.into_iter().chain(shard), Separator::Dot)
}
