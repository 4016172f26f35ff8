//! Why it failed: a block a cause, from the symptom down to what can be put back. Sits in `report::human`.

pub(crate) mod candidates;
pub(crate) mod cure;

use std::collections::BTreeSet;

use crate::diagnose::{Cause, Certainty, Hops, Proof, RuledOut, Why};
use crate::report::human::page::Page;
use crate::report::human::page::text::{Ink, Paint, Separator, Text};
use crate::report::human::page::words::counted;
use crate::report::{Report, StepOutcome};

/// Columns before the block.
pub(crate) const INDENT: usize = 2;
/// Steps named as explained before `and N more`.
const NAMED: usize = 10;

/// The headline and every cause, best first as given.
pub(crate) fn write(page: &mut Page, report: &Report, verbose: bool) {
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
        candidates::write(page, cause);
        ruled_out(page, cause, verbose);
        candidates::settle(page, cause);
        cure::write(page, cause, report.gate.is_some());
    }
}

/// `2 causes explain 3 failures`, and how far it is settled which causes these are.
pub(crate) fn headline(report: &Report) -> String {
    let explained: BTreeSet<&String> = report.causes.iter().flat_map(|cause| &cause.explains).collect();
    let steps = report.scenarios.iter().flat_map(|scenario| &scenario.steps);
    let failed = steps.filter(|step| step.outcome == StepOutcome::Failed).count();
    let verb = if report.causes.len() == 1 { "explains" } else { "explain" };
    let causes = counted(report.causes.len(), "cause", "causes");
    let failures = match explained.len() {
        n if n < failed => format!("{n} of {}", counted(failed, "failure", "failures")),
        n => counted(n, "failure", "failures"),
    };
    format!("{causes} {verb} {failures}{}", unsettled(&report.causes))
}

/// What is not known of the causes that are counted; nothing where each is settled.
fn unsettled(causes: &[Cause]) -> String {
    let open = |cause: &&Cause| candidates::are_open(cause) || cause.certainty == Certainty::Unknown;
    match (causes, causes.iter().filter(open).count()) {
        (_, 0) => String::new(),
        ([one], _) if candidates::are_open(one) => {
            format!(", not settled between {} candidates", one.alternatives.len() + 1)
        }
        ([_], _) => ", of which only the hop is known".to_owned(),
        (_, open) => format!(", {open} of them not settled"),
    }
}

/// What is claimed, no more than is known, and how sure it is.
fn title(page: &mut Page, cause: &Cause) {
    let ink = page.ink();
    let title = claim(cause);
    let paint = if cause.certainty == Certainty::Certain { Paint::Bad } else { Paint::Warning };
    page.edges(INDENT, &ink.text(Paint::Strong, &title), ink.text(paint, cause.certainty.as_str()));
    if cause.certainty == Certainty::Unknown {
        page.paragraph(INDENT, &ink.text(Paint::Plain, &cause.title));
    }
    let mut about = Vec::new();
    if !candidates::are_open(cause) {
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

/// The title of a cause, which names no candidate where several are open.
pub(crate) fn claim(cause: &Cause) -> String {
    let hops = hops(&cause.hop);
    match cause.certainty {
        _ if candidates::are_open(cause) => format!("One of {} causes, at {hops}", cause.alternatives.len() + 1),
        Certainty::Unknown => format!("Only the hop is known: {hops}"),
        _ => cause.title.clone(),
    }
}

/// `edge or backend`.
pub(crate) fn hops(hops: &Hops) -> String {
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
    page.row(INDENT, [ink.text(Paint::Faint, "explains")], &segments);
}

fn whys(ink: Ink, cause: &Cause, verbose: bool) -> Vec<(Text, Vec<Text>)> {
    let why = |why: &Why| {
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

/// Ruled-out faults that are listed without `-v`: they come closest first.
const CLOSEST: usize = 10;

fn ruled_out(page: &mut Page, cause: &Cause, verbose: bool) {
    if cause.ruled_out.is_empty() {
        return;
    }
    page.section();
    let ink = page.ink();
    if verbose {
        let out = |out: &RuledOut| {
            (ink.text(Paint::Plain, &out.fault), vec![ink.text(Paint::Faint, &says(&out.by, verbose))])
        };
        page.claims(INDENT, "not", &cause.ruled_out.iter().map(out).collect::<Vec<_>>());
    } else {
        let faults = cause.ruled_out.iter().take(CLOSEST).map(|out| out.fault.clone());
        let more = cause.ruled_out.len().saturating_sub(CLOSEST);
        let faults = faults.chain((more > 0).then(|| format!("{more} more, with reasons: -v")));
        page.row(INDENT, [ink.text(Paint::Faint, "not")], &[ink.list(Paint::Plain, faults, Separator::Dot)]);
    }
}
