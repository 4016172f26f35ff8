//! Why it failed: a block a cause, from the symptom down to what can be put back. Sits in `report::human`.

use std::collections::BTreeSet;

use super::super::{Report, StepOutcome};
use super::page::Page;
use super::text::{Ink, Paint, Separator, Text};
use super::words::{counted, percent};
use crate::diagnose::{Cause, Certainty, Hops, Proof, Settling};

/// Columns before the block.
const INDENT: usize = 2;
/// Steps named as explained before `and N more`.
const NAMED: usize = 10;

/// The headline and every cause, best first as given.
pub(super) fn write(page: &mut Page, report: &Report, verbose: bool) {
    if report.causes.is_empty() {
        return;
    }
    page.section();
    let headline = page.ink().text(Paint::Strong, &headline(report));
    page.paragraph(0, &headline);
    for cause in &report.causes {
        page.section();
        title(page, cause);
        if report.causes.len() > 1 {
            explains(page, cause);
        }
        page.section();
        page.claims(INDENT, "why", &whys(page.ink(), cause, verbose));
        candidates(page, cause);
        ruled_out(page, cause, verbose);
        if let Some(settling) = &cause.settled_by {
            settle(page, settling, cause.alternatives.len() + 1);
        }
        cure(page, cause);
    }
}

fn headline(report: &Report) -> String {
    let explained: BTreeSet<&String> = report.causes.iter().flat_map(|cause| &cause.explains).collect();
    let steps = report.scenarios.iter().flat_map(|scenario| &scenario.steps);
    let failed = steps.filter(|step| step.outcome == StepOutcome::Failed).count();
    let verb = if report.causes.len() == 1 { "explains" } else { "explain" };
    let causes = counted(report.causes.len(), "cause", "causes");
    let failures = match explained.len() {
        n if n < failed => format!("{n} of {}", counted(failed, "failure", "failures")),
        n => counted(n, "failure", "failures"),
    };
    format!("{causes} {verb} {failures}")
}

/// What is claimed, no more than is known, and how sure it is.
fn title(page: &mut Page, cause: &Cause) {
    let ink = page.ink();
    let hops = hops(&cause.hop);
    let title = match cause.certainty {
        Certainty::Ambiguous => format!("One of {} causes, at {hops}", cause.alternatives.len() + 1),
        Certainty::Unknown => format!("Only the hop is known: {hops}"),
        Certainty::Likely | Certainty::Certain => cause.title.clone(),
    };
    let paint = if cause.certainty == Certainty::Certain { Paint::Bad } else { Paint::Warning };
    page.edges(INDENT, &ink.text(Paint::Strong, &title), ink.text(paint, cause.certainty.as_str()));
    if cause.certainty == Certainty::Unknown {
        page.paragraph(INDENT, &ink.text(Paint::Plain, &cause.title));
    }
    let mut about = Vec::new();
    if cause.certainty != Certainty::Ambiguous {
        about.push(cause.fault.clone());
    }
    if !cause.involves.is_empty() {
        about.push(format!("involves {}", cause.involves.join(", ")));
    }
    about.extend(cause.owner.iter().map(|owner| format!("owner {owner}")));
    if !about.is_empty() {
        page.paragraph(INDENT, &ink.list(Paint::Faint, about, Separator::Dot));
    }
}

fn hops(hops: &Hops) -> String {
    match hops {
        Hops::One(hop) => hop.to_string(),
        Hops::Several(hops) => hops.iter().map(|hop| hop.as_str()).collect::<Vec<_>>().join(" or "),
    }
}

fn explains(page: &mut Page, cause: &Cause) {
    let ink = page.ink();
    let more = cause.explains.len().saturating_sub(NAMED);
    let mut segments = vec![ink.list(Paint::Plain, cause.explains.iter().take(NAMED), Separator::Comma)];
    if more > 0 {
        segments.push(ink.text(Paint::Plain, &format!("… and {more} more")));
    }
    page.row(INDENT, ink.text(Paint::Faint, "explains"), &segments);
}

fn whys(ink: Ink, cause: &Cause, verbose: bool) -> Vec<(Text, Vec<Text>)> {
    let why = |why: &crate::diagnose::Why| {
        let evidence = why.evidence.iter().map(|proof| ink.text(Paint::Faint, &says(proof, verbose)));
        (ink.text(Paint::Plain, &why.claim), evidence.collect())
    };
    cause.whys.iter().map(why).collect()
}

/// The words; where the probes are listed, with the probe to look up.
fn says(proof: &Proof, verbose: bool) -> String {
    match proof.exchange {
        Some(id) if verbose => format!("{} [probe {id}]", proof.says),
        _ => proof.says.clone(),
    }
}

/// Every cause that remains, when more than one does.
fn candidates(page: &mut Page, cause: &Cause) {
    if cause.alternatives.is_empty() {
        return;
    }
    page.section();
    if cause.certainty == Certainty::Ambiguous {
        candidate(page, "either", cause.confidence, (&cause.fault, &cause.title), None);
    }
    for other in &cause.alternatives {
        candidate(page, "or", other.confidence, (&other.fault, &other.title), other.settled_by.as_ref());
    }
}

fn candidate(page: &mut Page, word: &str, confidence: f64, (fault, title): (&str, &str), by: Option<&Settling>) {
    let ink = page.ink();
    let settled = by.map_or_else(String::new, |by| format!("settled by {}", by.door));
    let segments = [
        ink.text(Paint::Plain, &format!("{:>5}", percent(confidence))),
        ink.text(Paint::Strong, fault),
        ink.text(Paint::Plain, title),
        ink.text(Paint::Faint, &settled),
    ];
    page.row(INDENT, ink.text(Paint::Faint, word).padded("either".len()), &segments);
}

fn ruled_out(page: &mut Page, cause: &Cause, verbose: bool) {
    if cause.ruled_out.is_empty() {
        return;
    }
    page.section();
    let ink = page.ink();
    if verbose {
        let out = |out: &crate::diagnose::RuledOut| {
            (ink.text(Paint::Plain, &out.fault), vec![ink.text(Paint::Faint, &says(&out.by, verbose))])
        };
        page.claims(INDENT, "not", &cause.ruled_out.iter().map(out).collect::<Vec<_>>());
    } else {
        let faults = cause.ruled_out.iter().map(|out| &out.fault);
        page.row(INDENT, ink.text(Paint::Faint, "not"), &[ink.list(Paint::Plain, faults, Separator::Dot)]);
    }
}

fn settle(page: &mut Page, settling: &Settling, candidates: usize) {
    page.section();
    let ink = page.ink();
    let says = format!("the door {} would leave at most {} of {candidates}", settling.door, settling.leaves);
    page.row(INDENT, ink.text(Paint::Warning, "settle"), &[ink.text(Paint::Plain, &says)]);
    if let Some(command) = &settling.command {
        page.paragraph(INDENT + "settle".len() + 2, &ink.command(command));
    }
}

/// What puts it back, how to see that it is gone, and whether the old revision would do.
fn cure(page: &mut Page, cause: &Cause) {
    let rollback = cause.rollback.as_ref();
    let back = rollback.map(|rollback| if rollback.cures { "roll back" } else { "no roll back" });
    let lines = [("fix", cause.fix.as_ref()), ("verify", cause.verify.as_ref())];
    let lines = lines.into_iter().chain(back.map(|label| (label, rollback.map(|rollback| &rollback.says))));
    let given: Vec<_> = lines.filter_map(|(label, says)| says.map(|says| (label, says))).collect();
    if given.is_empty() {
        return;
    }
    page.section();
    let ink = page.ink();
    let aligned = given.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    for (label, says) in given {
        for (n, line) in says.trim().lines().enumerate() {
            let label = ink.text(Paint::Faint, if n == 0 { label } else { "" }).padded(aligned);
            page.row(INDENT, label, &[ink.instruction(line)]);
        }
    }
}
