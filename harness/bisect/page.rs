//! The changes in words: one line a change, and the verdict in the last line.

use super::change::Change;
use super::outcome::Outcome;

/// Returns the lines for a person. `clean` makes a text fit for a terminal.
pub(crate) fn page(outcome: &Outcome, clean: &dyn Fn(&str) -> String) -> String {
    let (explain, other): (Vec<&Change>, Vec<&Change>) = outcome.changes.iter().partition(|change| change.explains);
    let title = match outcome.by_evidence {
        true => "changes that explain the failure:",
        false => "changes that would cause a failure:",
    };
    let mut page = tested(outcome, clean);
    for (title, changes) in [(title, explain), ("other changes:", other)] {
        if !changes.is_empty() {
            page.push_str(&format!("{title}\n"));
            changes.into_iter().for_each(|change| page.push_str(&format!("  {}\n", clean(&line(change)))));
            page.push('\n');
        }
    }
    notes(outcome).iter().for_each(|note| page.push_str(&format!("{}\n", clean(note))));
    page + &clean(&outcome.conclusion) + "\n"
}

/// Returns how both revisions did, the older one first.
fn tested(outcome: &Outcome, clean: &dyn Fn(&str) -> String) -> String {
    let Some(trials) = &outcome.tested else { return String::new() };
    let lines = trials.before.lines().chain(trials.now.lines());
    let lines: String = lines.map(|line| format!("  {}\n", clean(&line))).collect();
    format!("tested without traffic:\n{lines}\n")
}

/// Returns what the reader must know about the verdict.
fn notes(outcome: &Outcome) -> Vec<String> {
    let alone = outcome.not_compared.join(", ");
    let alone = (!alone.is_empty()).then(|| format!("not compared, because only one revision has it: {alone}"));
    let none = match outcome.verdict {
        None => "no evidence was given: add HAR files, logs or reports of the failure to see which change explains it",
        Some(_) => "the evidence shows a failure and no fault of the catalogue: it does not tell the changes apart",
    };
    let is_guess = !outcome.by_evidence && !outcome.changes.is_empty();
    alone.into_iter().chain(is_guess.then(|| none.to_owned())).collect()
}

/// `backend  lost         SERVICE_SECRET was lost (from the secret service-secret:3 before): backend-auth/…, 99 %`
fn line(change: &Change) -> String {
    let Change { service, kind, says, detail, fault, .. } = change;
    let detail = detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
    let title = fault.as_ref().map(|fault| format!(": {}", fault.title)).unwrap_or_default();
    let because = change.because().map(|because| format!(" [{because}{title}]")).unwrap_or_default();
    format!("{service:<8} {kind:<11} {says}{detail}{because}")
}
