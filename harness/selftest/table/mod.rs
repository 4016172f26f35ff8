//! The tables of a result in Markdown, for a terminal and for `docs/maintainers/accuracy.md`.
//!
//! Start at [`render`].
//!
//! - `results`: everything that was measured
//! - `measure`: the measures; `bars`: what each must reach
//! - `calibration`: whether the confidence of a candidate is the share of right ones
//! - `wrong`: the cases that went wrong
//!
//! Invariant: this folder judges no verdict. `mark` has done so.

pub(crate) mod bars;
pub(crate) mod calibration;
pub(crate) mod measure;
pub(crate) mod results;
pub(crate) mod wrong;

use std::collections::BTreeSet;

use crate::selftest::mark::{Kind, Mark};
use crate::selftest::stage::healthy::Healthy;
use crate::selftest::subject::hop;
use crate::selftest::table::bars::Reached;
use crate::selftest::table::measure::{count, is_certain_and_right, mean, share};
use crate::selftest::table::results::{Outcome, Results};

/// Returns every table: bars, results, faults that do not show, and cases that went wrong.
pub(crate) fn render(outcome: &Outcome) -> String {
    let marks = &outcome.results.marks;
    let by = |of: fn(&Mark) -> String| rows(marks, Kind::Single, of);
    let sections = [
        ("What was examined", examined(&outcome.results)),
        ("Bars", bars(&outcome.bars)),
        ("Single faults, by dialect and evidence", by(|one| format!("{} · {}", one.dialect, one.evidence_sources))),
        ("Single faults, by hop and dialect", by(|one| format!("{} · {}", hop(&one.fault()), one.dialect))),
        ("Single faults with noise, by dialect", rows(marks, Kind::Noisy, |one| one.dialect.clone())),
        ("Pairs, by dialect and evidence", pairs(marks)),
        ("Calibration, by dialect and evidence", calibration::listed(marks)),
        ("Healthy systems, by dialect", healthy(&outcome.results.healthy)),
        ("Faults that are not visible: no step fails", hidden(marks)),
        ("Recordings whose verdict differs from the live run", listed(&outcome.results.unlike_live)),
        ("Wrong cases", wrong::listed(marks)),
        ("Longest runs", slowest(&outcome.results)),
    ];
    sections.iter().map(|(title, body)| format!("## {title}\n\n{body}\n")).collect::<Vec<_>>().join("\n")
}

fn examined(all: &Results) -> String {
    let of = |kind: Kind| {
        let subjects = all.marks.iter().filter(|one| one.kind == kind).map(|one| (one.fault(), &one.dialect));
        subjects.collect::<BTreeSet<_>>().len()
    };
    let drawn = if all.quick { " (drawn; the other dialects have healthy runs only)" } else { "" };
    format!(
        "Dialects {}{drawn}: {} single faults, {} of them with noise too, {} pairs. Healthy runs in all dialects: {}. \
         The live runs took {:.0} s, the whole exam {:.0} s and {:.0} s of CPU time.\n",
        all.dialects.join(", "),
        of(Kind::Single),
        of(Kind::Noisy),
        of(Kind::Pair),
        all.healthy.len(),
        all.ran_s,
        all.took_s,
        all.cpu_s,
    )
}

fn bars(all: &[Reached]) -> String {
    let line = |one: &Reached| {
        let verdict = match one.reached {
            Some(true) => "reached",
            Some(false) => "BELOW",
            None => "not measured",
        };
        format!("| {} | {} | {} | {verdict} | {} |", one.measure, one.bar, number(one.value), one.says)
    };
    table("| measure | bar | value | result | what it counts |", all.iter().map(line))
}

fn rows(marks: &[Mark], kind: Kind, of: fn(&Mark) -> String) -> String {
    let head = "| group | visible faults | right hop | separable | cause first | cause in the top 3 | certain | chain | inseparable \
                | exact candidates | candidates | abstained | wrong and certain | probes | share of all probes \
                | status table: right hop | status table: right cause | deepest error: right hop |";
    let shown: Vec<Mark> = marks.iter().filter(|one| one.kind == kind && one.visible).cloned().collect();
    let line = |group: String| {
        let all: Vec<Mark> = shown.iter().filter(|one| of(one) == group).cloned().collect();
        row(&group, &all)
    };
    table(head, groups(&shown, of).into_iter().map(line))
}

fn row(group: &str, all: &[Mark]) -> String {
    let every = |_: &Mark| true;
    let undecided = |one: &Mark| !one.separable();
    let judged = |good: fn(&Mark) -> bool| percent(share(all, Mark::separable, good));
    let asked = mean(all.iter().map(|one| one.asked as f64));
    let of_all = asked.zip(mean(all.iter().map(|one| one.every as f64))).map(|(asked, every)| asked / every);
    let cells = [
        group.to_owned(),
        all.len().to_string(),
        percent(share(all, Mark::hop_separable, |one| one.judgement.hop_right)),
        count(all, Mark::separable).to_string(),
        judged(|one| one.judgement.right_at_1),
        judged(|one| one.judgement.right_at_3),
        judged(is_certain_and_right),
        judged(|one| one.judgement.chain_right),
        count(all, undecided).to_string(),
        percent(share(all, undecided, |one| one.judgement.set_exact)),
        number(mean(all.iter().map(|one| one.judgement.candidates.len() as f64))),
        percent(share(all, every, |one| one.judgement.abstained)),
        count(all, |one| one.judgement.wrong_and_certain()).to_string(),
        number(asked),
        percent(of_all),
        percent(share(all, every, |one| one.baseline.status_hop_right(&one.fault()))),
        percent(share(all, every, |one| one.baseline.by_status.as_deref() == Some(&*one.fault()))),
        percent(share(all, every, |one| one.baseline.deepest.as_deref() == Some(hop(&one.fault())))),
    ];
    format!("| {} |", cells.join(" | "))
}

fn pairs(marks: &[Mark]) -> String {
    let of = |one: &Mark| format!("{} · {}", one.dialect, one.evidence_sources);
    let pairs: Vec<Mark> = marks.iter().filter(|one| one.kind == Kind::Pair).cloned().collect();
    let line = |group: String| {
        let all: Vec<Mark> = pairs.iter().filter(|one| of(one) == group).cloned().collect();
        let both = |one: &Mark| one.visible;
        format!(
            "| {group} | {} | {} | {} | {} | {} |",
            all.len(),
            count(&all, both),
            percent(share(&all, both, |one| one.judgement.hop_right)),
            percent(share(&all, both, |one| one.judgement.right_at_1)),
            count(&all, |one| one.judgement.wrong_and_certain()),
        )
    };
    table(
        "| group | pairs | both show | both hops right | first cause is one of them | wrong and certain |",
        groups(&pairs, of).into_iter().map(line),
    )
}

fn healthy(runs: &[Healthy]) -> String {
    let of = |one: &Healthy| format!("{}{}", one.dialect, if one.noise.is_some() { ", noise" } else { "" });
    let groups: BTreeSet<String> = runs.iter().map(of).collect();
    let line = |group: String| {
        let all: Vec<&Healthy> = runs.iter().filter(|one| of(one) == group).collect();
        let some = |which: fn(&Healthy) -> bool| all.iter().filter(|one| which(one)).count();
        let (failed, named) = (some(|one| one.failed > 0), some(|one| !one.named.is_empty()));
        format!("| {group} | {} | {failed} | {named} | {} |", all.len(), some(Healthy::is_accused))
    };
    table(
        "| dialect | runs | a step fails | any cause named | a cause is likely or certain |",
        groups.into_iter().map(line),
    )
}

fn slowest(results: &Results) -> String {
    let line = |(name, seconds): &(String, f64)| format!("| {name} | {seconds:.1} |");
    table("| run | seconds |", results.slowest.iter().map(line))
}

fn listed(names: &[String]) -> String {
    table("| run |", names.iter().map(|name| format!("| {name} |")))
}

fn hidden(marks: &[Mark]) -> String {
    let hidden = marks.iter().filter(|one| one.kind == Kind::Single && !one.visible);
    let lines: BTreeSet<String> =
        hidden.map(|one| format!("| {} | {} | {} |", one.fault(), one.dialect, one.evidence_sources)).collect();
    table("| fault | dialect | evidence |", lines.into_iter())
}

fn groups(marks: &[Mark], of: impl Fn(&Mark) -> String) -> Vec<String> {
    let all: BTreeSet<String> = marks.iter().map(of).collect();
    all.into_iter().collect()
}

/// Returns a table in Markdown, or `None.` if it has no lines.
pub(crate) fn table(head: &str, lines: impl Iterator<Item = String>) -> String {
    let rule = "|---".repeat(head.matches('|').count() - 1) + "|";
    let body: String = lines.map(|line| line + "\n").collect();
    if body.is_empty() { "None.\n".to_owned() } else { format!("{head}\n{rule}\n{body}") }
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}
