//! What surrounds the verdict: a run that is not whole, whether to roll back, what is new. Sits in `report::github`, under the summary.

use super::super::human::{done, lists, second_smoke, since, whats_new};
use super::super::{Advice, CommandRun, GateReport, Report};
use super::markdown::{block, code, fold, printed, sentence, table, text};

/// Names of a kind.
const NAMED: usize = 20;

/// That it is not a whole run.
pub(super) fn partial(report: &Report) -> String {
    let stopped = report
        .interrupted
        .map(|signal| format!("{signal} ended the run before its time: what was not driven is skipped"));
    let part = report.shard.map(|shard| {
        format!("this is part {shard}, with its own scenarios alone; `fivewhys merge` puts all parts together")
    });
    let notes = stopped.into_iter().chain(part);
    notes.map(|says| format!("> [!WARNING]\n> **Not a whole run**: {says}.\n\n")).collect()
}

/// Whether to roll back, why, the commands, and what came of it.
pub(super) fn gate(report: &Report) -> String {
    let Some(gate) = &report.gate else { return String::new() };
    let advice = match gate.advice {
        Advice::RollBack => "Roll back",
        Advice::DoNot => "Do not roll back",
        Advice::Undecided => "Whether to roll back is undecided",
    };
    let mut page = format!("### {advice}\n\n");
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
    table(&["Service", "Deployed", "Before it"], rows) + "\n"
}

fn command(run: &CommandRun) -> String {
    let printed = fold("What it printed", &printed(&run.output));
    format!("**{}** {}: {}, by {}\n\n{printed}\n", done(run), text(&run.service), text(&run.ended), code(&run.command))
}

/// What is new beside an earlier run.
pub(super) fn baseline(report: &Report) -> String {
    let Some(baseline) = &report.baseline else { return String::new() };
    let mut page = format!("### Baseline: {} {}\n\n", whats_new(baseline), since(baseline));
    if baseline.new_only {
        page.push_str("Only what is new decides the exit code.\n\n");
    }
    for (kind, all) in lists(baseline) {
        let names: Vec<String> = all.iter().take(NAMED).map(|name| code(name)).collect();
        let more = all.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        page.push_str(&format!("- {kind}: {}{more}\n", names.join(", ")));
    }
    page + "\n"
}
