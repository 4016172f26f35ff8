//! Sections of the job summary before the causes: an incomplete run, whether to roll back, what is new.

use super::markdown::{block, code, fold, printed, sentence, table, text};
use crate::report::words::{done, heading, incomplete, is_tested, lists, second_smoke, since, tested_by, whats_new};
use crate::report::{CommandRun, GateReport, Report};

/// Names that are listed of one kind.
const NAMED: usize = 20;

/// Returns a warning for each reason why the run is incomplete.
pub(super) fn partial(report: &Report) -> String {
    let warning = |says: String| format!("> [!WARNING]\n> **Incomplete run**: {says}.\n\n");
    incomplete(report).into_iter().map(warning).collect()
}

/// Returns whether the deployed revisions were tested, whether to roll back, why, the commands, and what a roll back came to.
pub(super) fn gate(report: &Report) -> String {
    let tested = |one| format!("**After the deploy**: {}: {}\n\n", is_tested(one), text(&tested_by(one)));
    let mut page: String = report.deployed.iter().map(tested).collect();
    let Some(gate) = &report.gate else { return page };
    page.push_str(&format!("### {}\n\n", heading(gate.advice)));
    gate.reasons.iter().for_each(|reason| page.push_str(&format!("- {}\n", sentence(reason))));
    page.push('\n');
    page.push_str(&revisions(gate));
    gate.commands.iter().for_each(|one| page.push_str(&format!("{}\n", block(&one.command))));
    if let Some(all) = &gate.rolled_back {
        all.runs.iter().for_each(|run| page.push_str(&command(run)));
        page.push_str(&format!("**Second smoke**: {}\n\n", text(&second_smoke(all))));
    }
    page
}

fn revisions(gate: &GateReport) -> String {
    let rows = gate.deployed.iter().map(|one| {
        let before = gate.previous.iter().find(|before| before.service == one.service);
        vec![text(&one.service), code(&one.revision), before.map_or_else(|| "–".to_owned(), |one| code(&one.revision))]
    });
    table(&["Service", "Deployed", "Previous"], rows) + "\n"
}

fn command(run: &CommandRun) -> String {
    let printed = fold("Output", &printed(&run.output));
    format!("**{}** {}: {}, by {}\n\n{printed}\n", done(run), text(&run.service), text(&run.ended), code(&run.command))
}

/// Returns what is new since the baseline.
pub(super) fn baseline(report: &Report) -> String {
    let Some(baseline) = &report.baseline else { return String::new() };
    let mut page = format!("### Baseline: {} {}\n\n", whats_new(baseline), since(baseline));
    if baseline.new_only {
        page.push_str("Only new failures, causes and findings decide the exit code.\n\n");
    }
    for (kind, all) in lists(baseline) {
        let names: Vec<String> = all.iter().take(NAMED).map(|name| code(name)).collect();
        let more = all.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        page.push_str(&format!("- {kind}: {}{more}\n", names.join(", ")));
    }
    page + "\n"
}
