//! The job summary: outcome, causes with their whys, and the failing request as a diagram.

use super::markdown::{block, code, fold, instruction, link, table, text};
use super::{around, mermaid, objectives};
use crate::diagnose::{Cause, Proof, Settling, WorstLine};
use crate::report::words::{
    ALREADY, are_open, claim, counted, headline, hops, lines_to_read, notes, outcome, percent, responsible, tried,
    would_leave,
};
use crate::report::{Report, RunOutcome, StepOutcome, StepReport};

/// Rows of a table. GitHub accepts 1 MiB for a summary.
const ROWS: usize = 50;

/// Returns the summary as GitHub-flavoured Markdown that ends with a new line.
#[must_use]
pub fn summary(report: &Report) -> String {
    let (mark, word) = if report.outcome == RunOutcome::Failed { ("✗", "failed") } else { ("✓", "passed") };
    let causes = if report.causes.is_empty() { String::new() } else { format!(": {}", text(&headline(report))) };
    let mut page = format!("## {mark} {} {word}{causes}\n\n", code(&report.target));
    page.push_str(&text(&[vec![outcome(report)], notes(report)].concat().join(" · ")));
    page.push_str("\n\n");
    page.push_str(&around::partial(report));
    page.push_str(&around::gate(report));
    page.push_str(&around::baseline(report));
    for (n, one) in report.causes.iter().enumerate() {
        page.push_str(&cause(report, n, one));
    }
    page.push_str(&findings(report));
    page.push_str(&objectives::section(report));
    page.push_str(&failed(report));
    page.push_str(&flaky(report));
    page.push_str(&scenarios(report));
    page
}

fn cause(report: &Report, n: usize, cause: &Cause) -> String {
    let mut page = format!("### {}. {} ({})\n\n", n + 1, text(&claim(cause)), cause.certainty);
    page.push_str(&about(cause));
    if let Some(settling) = &cause.settled_by {
        page.push_str(&settle(settling));
    }
    // With a gate, its section advises on a roll back: it knows what was deployed.
    let rollback = cause.rollback.as_ref().filter(|_| report.gate.is_none());
    let back = rollback.map(|back| if back.cures { "Or roll back" } else { "Do not roll back" });
    let todo = [
        ("Fix", cause.fix.as_ref()),
        ("Verify", cause.verify.as_ref()),
        (back.unwrap_or_default(), rollback.map(|back| &back.says)),
    ];
    for (label, says) in todo {
        page.push_str(&says.map_or_else(String::new, |says| format!("**{label}**\n{}\n", instruction(says))));
    }
    page.push_str("**Why**\n\n");
    for why in &cause.whys {
        page.push_str(&format!("1. **{}**\n", text(&why.claim)));
        why.evidence.iter().for_each(|one| page.push_str(&format!("   - {}\n", proof(one))));
    }
    page.push('\n');
    page.push_str(&log_lines(cause));
    if let Some(passage) = report.passages.iter().find(|passage| passage.cause == n) {
        page.push_str(&format!("**The failing request**, {}\n\n{}\n", code(&passage.step), mermaid::sequence(passage)));
    }
    page + &candidates(cause) + &ruled_out(cause)
}

fn log_lines(cause: &Cause) -> String {
    let group = |(worth, lines): (String, Vec<&WorstLine>)| {
        let lines: String = lines.iter().map(|line| format!("- {}\n", text(&line.says))).collect();
        format!("**Log lines to read**: {}\n\n{lines}\n", text(&worth))
    };
    lines_to_read(cause).into_iter().map(group).collect()
}

fn about(cause: &Cause) -> String {
    let mut rows = vec![format!("hop: {}", text(&hops(&cause.hop)))];
    if !are_open(cause) {
        rows.insert(0, code(&cause.fault));
    }
    rows.extend(responsible(cause).iter().map(|who| text(who)));
    rows.join(" · ") + "\n\n"
}

fn settle(settling: &Settling) -> String {
    let feed = settling.feed.as_ref().map_or_else(String::new, |feed| format!(" \\\n  | {feed}"));
    let command = settling.command.as_ref().map(|command| block(&format!("{command}{feed}")));
    let note = settling.note.as_ref().map(|note| instruction(note));
    format!(
        "**What would settle it**: {}\n\n{}{}\n",
        text(&would_leave(settling)),
        command.unwrap_or_default(),
        note.unwrap_or_default()
    )
}

fn candidates(cause: &Cause) -> String {
    if cause.alternatives.is_empty() {
        return String::new();
    }
    let first = (&cause.fault, &cause.title, cause.confidence);
    let others = cause.alternatives.iter().map(|other| (&other.fault, &other.title, other.confidence));
    let rows = [first].into_iter().chain(others).take(ROWS);
    let rows = rows.map(|(fault, title, confidence)| vec![code(fault), text(title), text(&percent(confidence))]);
    format!("**Candidates**\n\n{}\n", table(&["Fault", "Title", "Confidence"], rows))
}

fn ruled_out(cause: &Cause) -> String {
    if cause.ruled_out.is_empty() {
        return String::new();
    }
    let rows = cause.ruled_out.iter().map(|out| vec![code(&out.fault), proof(&out.by)]);
    fold(
        &format!("{} ruled out", counted(cause.ruled_out.len(), "fault", "faults")),
        &table(&["Fault", "Ruled out by"], rows),
    ) + "\n"
}

fn proof(proof: &Proof) -> String {
    text(&proof.says)
}

fn findings(report: &Report) -> String {
    if report.findings.is_empty() && report.unread.is_empty() {
        return String::new();
    }
    let mut page = "### Findings\n\n".to_owned();
    for finding in &report.findings {
        let fails = if finding.fails { ", **fails the run**" } else { "" };
        page.push_str(&format!("- {} ({}{fails})\n", text(&finding.title), code(&finding.id)));
        finding.evidence.iter().take(ROWS).for_each(|one| page.push_str(&format!("  - {}\n", proof(one))));
    }
    for unread in &report.unread {
        page.push_str(&format!(
            "- Evidence that could not be read: {}: {}\n",
            text(&unread.evidence),
            text(&unread.why)
        ));
    }
    page + "\n"
}

fn failed(report: &Report) -> String {
    let steps = report.scenarios.iter().flat_map(|scenario| scenario.steps.iter().map(move |step| (scenario, step)));
    let failed: Vec<_> = steps.filter(|(_, step)| step.outcome == StepOutcome::Failed).collect();
    if failed.is_empty() {
        return String::new();
    }
    let rows = failed.iter().take(ROWS).map(|(scenario, step)| {
        vec![
            code(&format!("{}/{}", scenario.id, step.id)),
            code(&step.call),
            text(&failure(step)) + &trace(step),
            text(&step.source),
        ]
    });
    let more = failed.len().saturating_sub(ROWS);
    let more = if more > 0 { format!("\n… and {more} more\n") } else { String::new() };
    format!("### Failed steps\n\n{}{more}\n", table(&["Step", "Call", "What failed", "Defined at"], rows))
}

/// Returns a link to the trace of the call, if the target says where traces are.
fn trace(step: &StepReport) -> String {
    step.trace_url.as_ref().map_or_else(String::new, |url| format!("; {}", link("trace", url)))
}

fn failure(step: &StepReport) -> String {
    let already = step.already.then(|| ALREADY.to_owned());
    step.because.iter().cloned().chain(tried(step)).chain(already).collect::<Vec<_>>().join("; ")
}

fn flaky(report: &Report) -> String {
    let steps = report.scenarios.iter().flat_map(|scenario| scenario.steps.iter().map(move |step| (scenario, step)));
    let mut flaky = steps.filter(|(_, step)| step.flaky).peekable();
    if flaky.peek().is_none() {
        return String::new();
    }
    let rows = flaky.take(ROWS).map(|(scenario, step)| {
        let tried = tried(step).unwrap_or_default();
        vec![code(&format!("{}/{}", scenario.id, step.id)), code(&step.call), text(&tried), text(&step.source)]
    });
    format!("### Flaky steps\n\n{}\n", table(&["Step", "Call", "Tries", "Defined at"], rows))
}

fn scenarios(report: &Report) -> String {
    let rows = report.scenarios.iter().take(ROWS).map(|scenario| {
        let flaky = scenario.steps.iter().any(|step| step.flaky);
        let word = match scenario.outcome {
            StepOutcome::Passed if flaky => "~ flaky",
            StepOutcome::Passed => "✓ passed",
            StepOutcome::Failed => "✗ failed",
            StepOutcome::Known => "! known",
            StepOutcome::Skipped => "– skipped",
        };
        vec![word.to_owned(), code(&scenario.id), text(&scenario.title), scenario.steps.len().to_string()]
    });
    fold(&format!("{} scenarios", report.scenarios.len()), &table(&["Outcome", "Scenario", "Title", "Steps"], rows))
}
