//! The fault catalogue for people: the list of faults, and one fault as a manual page.

use super::page::Page;
use crate::diagnose::{Entry, LogLine, Showing};
use crate::report::format::Style;
use crate::report::human::page::text::Paint;

/// Columns before the text of a section.
const INDENT: usize = 2;

/// Returns one line for each fault: id, how common it is, title. An empty line separates the hops.
#[must_use]
pub fn fault_list(entries: &[Entry], style: &Style) -> String {
    let mut page = Page::new(style);
    let ink = page.ink();
    let widest = entries.iter().map(|entry| entry.id.len()).max().unwrap_or(0);
    for (at, entry) in entries.iter().enumerate() {
        if at > 0 && entries[at - 1].hop != entry.hop {
            page.section();
        }
        let id = ink.text(Paint::Strong, &entry.id).padded(widest);
        let prior = ink.text(Paint::Faint, entry.prior).padded("uncommon".len());
        page.row(0, [id, prior], &[ink.text(Paint::Plain, &entry.title)]);
    }
    page.finish()
}

/// Returns one fault with everything that the catalogue says of it.
#[must_use]
pub fn fault_page(entry: &Entry, style: &Style) -> String {
    let mut page = Page::new(style);
    page.edges(0, &page.ink().text(Paint::Strong, &entry.id), page.ink().text(Paint::Faint, entry.prior));
    page.paragraph(0, &page.ink().text(Paint::Plain, &entry.title));
    section(&mut page, "what happened", [entry.about.as_str()]);
    whys(&mut page, entry);
    section(&mut page, "where it shows, probes end like this", &entry.predicts);
    for mode in &entry.modes {
        showing(&mut page, mode);
    }
    section(&mut page, "log lines", entry.log.iter().map(line));
    section(&mut page, "signatures that are evidence for it", &entry.signatures);
    cure(&mut page, entry);
    page.finish()
}

fn whys(page: &mut Page, entry: &Entry) {
    heading(page, "why, outermost first");
    for link in &entry.whys {
        let ink = page.ink();
        page.row(INDENT, [ink.text(Paint::Faint, "why")], &[ink.text(Paint::Plain, &link.claim)]);
        let mark = if link.mark { "; unique to this fault: with it the verdict can be certain" } else { "" };
        page.paragraph(INDENT + 5, &ink.text(Paint::Faint, &format!("{}{mark}", link.proof)));
    }
}

fn showing(page: &mut Page, mode: &Showing) {
    let of = if mode.name.is_empty() { String::new() } else { format!(" ({})", mode.name) };
    section(page, &format!("demands{of}"), &mode.demands);
    section(page, &format!("is ruled out by{of}"), &mode.refuted_by);
}

fn line(line: &LogLine) -> String {
    let weight = if line.decisive { "decisive" } else { "a hint" };
    format!("{} writes /{}/ ({weight}; counts {})", line.by, line.matches, line.counts)
}

fn cure(page: &mut Page, entry: &Entry) {
    page.section();
    let involves = if entry.involves.is_empty() { "no deploy".to_owned() } else { entry.involves.join(", ") };
    let rollback = if entry.curable_by_rollback { "may cure it" } else { "does not cure it" };
    let rows: Vec<String> = entry.rows.iter().map(ToString::to_string).collect();
    let met = if rows.is_empty() {
        String::new()
    } else {
        format!("rows {} of docs/users/failure-modes.md", rows.join(", "))
    };
    let lines = [
        ("involves", involves.as_str()),
        ("owner", &entry.owner),
        ("fix", &entry.fix),
        ("verify", &entry.verify),
        ("roll back", rollback),
        ("met in", &met),
        ("tested", &entry.tested),
    ];
    for (label, says) in lines.into_iter().filter(|(_, says)| !says.is_empty()) {
        let label = page.ink().text(Paint::Faint, label).padded("roll back".len());
        page.row(0, [label], &[page.ink().instruction(says)]);
    }
}

fn section<S: AsRef<str>>(page: &mut Page, title: &str, lines: impl IntoIterator<Item = S>) {
    let lines: Vec<S> = lines.into_iter().filter(|line| !line.as_ref().is_empty()).collect();
    if lines.is_empty() {
        return;
    }
    heading(page, title);
    let dash = if lines.len() > 1 { "-" } else { "" };
    for line in lines {
        let text = page.ink().text(Paint::Plain, line.as_ref());
        page.row(INDENT, (!dash.is_empty()).then(|| page.ink().text(Paint::Faint, dash)), &[text]);
    }
}

fn heading(page: &mut Page, title: &str) {
    page.section();
    let text = page.ink().text(Paint::Faint, title);
    page.paragraph(0, &text);
}
