//! Findings, and granted evidence that could not be read.

use super::page::Page;
use crate::diagnose::Finding;
use crate::report::human::page::text::{Paint, Text};
use crate::report::{Report, Unread};

/// Writes both lists, each if it is not empty.
pub(super) fn write(page: &mut Page, report: &Report) {
    if !report.findings.is_empty() {
        page.section();
        report.findings.iter().for_each(|found| finding(page, found));
    }
    if !report.unread.is_empty() {
        page.section();
        report.unread.iter().for_each(|source| unread(page, source));
    }
}

fn finding(page: &mut Page, finding: &Finding) {
    let ink = page.ink();
    let label = ink.text(if finding.fails { Paint::Bad } else { Paint::Warning }, "finding");
    let mut segments = vec![ink.text(Paint::Strong, &finding.id), ink.text(Paint::Plain, &finding.title)];
    if finding.fails {
        segments.push(ink.text(Paint::Bad, "fails the run"));
    }
    let proofs: Vec<Text> = finding.evidence.iter().map(|proof| ink.text(Paint::Faint, &proof.says)).collect();
    page.row(0, [label], &segments);
    proofs.iter().for_each(|proof| page.paragraph("finding".len() + 2, proof));
}

fn unread(page: &mut Page, unread: &Unread) {
    let ink = page.ink();
    let says = format!("evidence {}: {}", unread.evidence, unread.why);
    page.row(0, [ink.text(Paint::Warning, "not read")], &[ink.text(Paint::Plain, &says)]);
}
