//! Each failed call as a `curl` command to copy. For `--curl`.

use crate::report::human::page::Page;
use crate::report::human::page::text::Paint;
use crate::report::text::curl;
use crate::report::{Report, StepOutcome};

/// Calls that are shown before `and N more`.
const LISTED: usize = 20;
/// Columns before a command.
const INDENT: usize = 2;

/// Writes the calls of the failed steps in order. The variables that a call needs are repeated only if they change.
pub(crate) fn write(page: &mut Page, report: &Report) {
    let ink = page.ink();
    let mut set = Vec::new();
    let calls = calls(report);
    for (name, probe) in calls.iter().take(LISTED) {
        let exchange = &probe.exchange;
        page.section();
        page.row(0, [ink.text(Paint::Faint, "curl")], &[ink.text(Paint::Strong, name)]);
        let needs = curl::needs(exchange, &report.target);
        if set != needs {
            needs.iter().for_each(|line| page.paragraph(INDENT, &ink.command(line)));
            set = needs;
        }
        page.paragraph(INDENT, &ink.command(&curl::command(exchange)));
    }
    if calls.len() > LISTED {
        page.paragraph(0, &ink.text(Paint::Plain, &format!("… and {} more", calls.len() - LISTED)));
    }
}

fn calls(report: &Report) -> Vec<(String, &crate::report::ProbeReport)> {
    let steps = report.scenarios.iter().flat_map(|scenario| scenario.steps.iter().map(move |step| (scenario, step)));
    let failed = steps.filter(|(_, step)| step.outcome == StepOutcome::Failed);
    failed
        .filter_map(|(scenario, step)| {
            let probe = report.probes.iter().find(|probe| Some(probe.exchange.id) == step.exchange)?;
            Some((format!("{}/{}", scenario.id, step.id), probe))
        })
        .collect()
}
