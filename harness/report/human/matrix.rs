//! Which faults each set of evidence can distinguish, for people.

use super::page::Page;
use crate::diagnose::{Class, Matrix};
use crate::report::format::Style;
use crate::report::human::page::text::{Paint, Separator};
use crate::report::words::{counted, percent};

/// Other faults that are named rather than counted.
const FEW: usize = 8;

/// Returns how many faults each set of evidence distinguishes, then every class of each set whose flag is true.
#[must_use]
pub fn matrices(sets: &[(Matrix, bool)], style: &Style) -> String {
    let mut page = Page::new(style);
    if sets.len() > 1 {
        summary(&mut page, sets);
    }
    for (matrix, _) in sets.iter().filter(|(_, whole)| *whole) {
        classes(&mut page, matrix);
    }
    page.finish()
}

fn summary(page: &mut Page, sets: &[(Matrix, bool)]) {
    let widest = sets.iter().map(|(matrix, _)| matrix.evidence.join(", ").len()).max().unwrap_or(0);
    let ink = page.ink();
    let columns = ["distinguished", "unique"];
    let head = columns.map(|column| ink.text(Paint::Faint, column));
    page.row(0, [ink.text(Paint::Faint, "evidence").padded(widest)], &head);
    for (matrix, _) in sets {
        let share = percent(matrix.told_apart as f64 / matrix.pairs.max(1) as f64);
        let evidence_sources = ink.text(Paint::Strong, &matrix.evidence.join(", ")).padded(widest);
        let share = ink.text(Paint::Plain, &share).padded(columns[0].len());
        page.row(0, [evidence_sources, share], &[ink.text(Paint::Plain, &matrix.alone.len().to_string())]);
    }
}

fn classes(page: &mut Page, matrix: &Matrix) {
    page.section();
    let ink = page.ink();
    let head = format!("With {}: faults in the same group can look the same", matrix.evidence.join(", "));
    page.paragraph(0, &ink.text(Paint::Strong, &head));
    for class in &matrix.classes {
        page.section();
        one(page, class);
    }
    page.section();
    page.paragraph(
        2,
        &ink.text(Paint::Faint, &format!("unique: distinguished from every other fault ({})", matrix.alone.len())),
    );
    page.paragraph(4, &ink.list(Paint::Plain, &matrix.alone, Separator::Comma));
}

fn one(page: &mut Page, class: &Class) {
    let ink = page.ink();
    let named = match class.faults.len() {
        1 => "1 fault".to_owned(),
        some => counted(some, "fault", "faults") + " that look the same",
    };
    page.paragraph(2, &ink.text(Paint::Faint, &named));
    page.paragraph(4, &ink.list(Paint::Plain, &class.faults, Separator::Comma));
    match class.also.len() {
        0 => {}
        1..=FEW => {
            let also = ink.list(Paint::Faint, &class.also, Separator::Comma);
            page.row(4, [ink.text(Paint::Faint, "also like")], &[also]);
        }
        many => page.paragraph(
            4,
            &ink.text(
                Paint::Faint,
                &format!("some of their modes also look like {many} other faults (--json lists them)"),
            ),
        ),
    }
}
