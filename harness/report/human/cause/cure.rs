//! What to do about a cause.

use crate::diagnose::Cause;
use crate::report::human::cause::INDENT;
use crate::report::human::page::Page;
use crate::report::human::page::text::Paint;

/// Writes the fix, how to verify it, and whether a roll back would help. With a gate, the gate's section gives that advice instead.
pub(crate) fn write(page: &mut Page, cause: &Cause, gated: bool) {
    let rollback = cause.rollback.as_ref().filter(|_| !gated);
    let back = rollback.map(|rollback| if rollback.cures { "roll back" } else { "no roll back" });
    let lines = [("fix", cause.fix.as_ref()), ("verify", cause.verify.as_ref())];
    let lines = lines.into_iter().chain(back.map(|label| (label, rollback.map(|rollback| &rollback.says))));
    let given: Vec<_> = lines.filter_map(|(label, says)| says.map(|says| (label, says))).collect();
    if given.is_empty() {
        return;
    }
    page.section();
    let ink = page.ink();
    let aligned = given.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    for (label, says) in given {
        for (n, line) in says.trim().lines().enumerate() {
            let label = ink.text(Paint::Faint, if n == 0 { label } else { "" }).padded(aligned);
            page.row(INDENT, [label], &[ink.instruction(line)]);
        }
    }
}
