//! The objectives of the target, with the measured values.

use super::page::Page;
use crate::report::human::page::text::{Paint, Text};
use crate::report::words::{objective, outcome_of};
use crate::report::{ObjectiveOutcome, ObjectiveReport, Report};

/// Writes every objective, if the target has any.
pub(super) fn write(page: &mut Page, report: &Report) {
    if report.objectives.is_empty() {
        return;
    }
    page.section();
    let ink = page.ink();
    let longest = page.width() / 3;
    let name = |one: &ObjectiveReport| ink.text(Paint::Strong, &one.name);
    let fitting = |width: &usize| *width <= longest;
    let column = report.objectives.iter().map(|one| name(one).width()).filter(fitting).max().unwrap_or(0);
    let word = report.objectives.iter().map(|one| outcome_of(one).len()).max().unwrap_or(0);
    for one in &report.objectives {
        let (label, name) = (ink.text(paint(one), outcome_of(one)).padded(word), name(one));
        let fits = fitting(&name.width());
        let says = [ink.text(Paint::Plain, &objective(one))].into_iter();
        let says = says.chain(one.why.as_ref().map(|why| ink.text(Paint::Faint, why)));
        // A name that is too long for the column begins the line.
        let (labels, segments): (Vec<Text>, Vec<Text>) = match fits {
            true => (vec![label, name.padded(column)], says.collect()),
            false => (vec![label], [name].into_iter().chain(says).collect()),
        };
        page.row(0, labels, &segments);
    }
}

const fn paint(one: &ObjectiveReport) -> Paint {
    match one.outcome {
        ObjectiveOutcome::Met => Paint::Good,
        ObjectiveOutcome::Missed => Paint::Bad,
        ObjectiveOutcome::NotMeasured => Paint::Warning,
    }
}
