//! The fix, how to verify it, and whether a roll back would help.

use maud::{Markup, html};

use crate::diagnose::Cause;
use crate::report::html::markup::text::{lines, shown};

/// Returns the section. With a gate, the advice on a roll back is left to the gate: it knows what was deployed.
pub(crate) fn section(cause: &Cause, gated: bool) -> Markup {
    let rollback = cause.rollback.as_ref().filter(|_| !gated);
    html! {
        @if cause.fix.is_some() || cause.verify.is_some() || rollback.is_some() {
            h3 { "What to do" }
            dl .todo {
                @if let Some(fix) = &cause.fix { dt { "Fix" } dd { (command(fix)) } }
                @if let Some(verify) = &cause.verify { dt { @if cause.fix.is_some() { "Then verify" } @else { "Once it is fixed, verify" } } dd { (command(verify)) } }
                @if let Some(rollback) = rollback {
                    dt { @if rollback.cures { "Or roll back" } @else { "Do not roll back" } }
                    dd { (with_commands(&rollback.says)) }
                }
            }
        }
    }
}

/// Returns words as words, and a command as a block to copy.
fn command(raw: &str) -> Markup {
    let is_bare = !raw.contains('`')
        && ["fivewhys ", "gcloud ", "kubectl ", "aws ", "docker ", "curl "].iter().any(|name| raw.starts_with(name));
    html! {
        @if is_bare { pre { code { (lines(raw.trim())) } } } @else { (with_commands(raw)) }
    }
}

/// Returns an instruction: text between backticks becomes a block to copy.
fn with_commands(raw: &str) -> Markup {
    html! {
        @for (n, part) in raw.trim().split('`').enumerate().filter(|(_, part)| !part.trim().is_empty()) {
            @if n % 2 == 1 { pre { code { (lines(part)) } } } @else { p { (shown(part)) } }
        }
    }
}
