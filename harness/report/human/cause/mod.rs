//! Why it failed: one block for each cause, from the symptom down to the setting that can be put right.
//!
//! Start at [`write`].
//!
//! - `candidates`: the causes that remain, and the question that would settle which
//! - `cure`: what to do
//!
//! Invariant: a title claims no more than is known.

pub(crate) mod candidates;
pub(crate) mod cure;

use crate::diagnose::{Cause, Certainty, Proof, RuledOut, Why, WorstLine};
use crate::report::Report;
use crate::report::human::page::Page;
use crate::report::human::page::text::{Ink, Paint, Separator, Text};
use crate::report::words::{are_open, claim, headline, lines_to_read, responsible};

/// Columns before the block.
pub(crate) const INDENT: usize = 2;
/// Steps named as explained before `and N more`.
const NAMED: usize = 10;

/// Writes the headline and every cause in the order of the report: the best first.
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
        page.section();
        page.claims(INDENT, "log", &lines(page.ink(), cause, verbose));
        candidates::write(page, cause, verbose);
        ruled_out(page, cause, verbose);
        candidates::settle(page, cause);
        cure::write(page, cause, report.gate.is_some());
    }
}

/// Writes the claim, how certain it is, and who must act.
fn title(page: &mut Page, cause: &Cause) {
    let ink = page.ink();
    let title = claim(cause);
    let paint = if cause.certainty == Certainty::Certain { Paint::Bad } else { Paint::Warning };
    page.edges(INDENT, &ink.text(Paint::Strong, &title), ink.text(paint, cause.certainty.as_str()));
    if cause.certainty == Certainty::Unknown {
        page.paragraph(INDENT, &ink.text(Paint::Plain, &cause.title));
    }
    let mut about = Vec::new();
    if !are_open(cause) {
        about.push(cause.fault.clone());
    }
    about.extend(responsible(cause));
    if !about.is_empty() {
        page.paragraph(INDENT, &ink.list(Paint::Faint, about, Separator::Dot));
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

/// Returns the log lines to read, each group below what it is worth.
fn lines(ink: Ink, cause: &Cause, verbose: bool) -> Vec<(Text, Vec<Text>)> {
    let line = |line: &&WorstLine| ink.bytes(Paint::Faint, &referred(&line.says, Some(line.exchange), verbose));
    let groups = lines_to_read(cause).into_iter();
    groups.map(|(worth, lines)| (ink.text(Paint::Plain, &worth), lines.iter().map(line).collect())).collect()
}

/// Returns the words of a proof, with the number of its probe if the probes are listed.
fn says(proof: &Proof, verbose: bool) -> String {
    referred(&proof.says, proof.exchange, verbose)
}

fn referred(says: &str, exchange: Option<u32>, verbose: bool) -> String {
    match exchange {
        Some(id) if verbose => format!("{says} [probe {id}]"),
        _ => says.to_owned(),
    }
}

/// Ruled-out faults that are listed without `-v`. The report has the closest first.
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
        page.claims(INDENT, "ruled out", &cause.ruled_out.iter().map(out).collect::<Vec<_>>());
    } else {
        let faults = cause.ruled_out.iter().take(CLOSEST).map(|out| out.fault.clone());
        let (more, lists_all) = (cause.ruled_out.len().saturating_sub(CLOSEST), page.lists_all());
        let faults = faults.chain((more > 0).then(|| format!("{more} more ({lists_all}, with reasons)")));
        page.row(INDENT, [ink.text(Paint::Faint, "ruled out")], &[ink.list(Paint::Plain, faults, Separator::Dot)]);
    }
}
