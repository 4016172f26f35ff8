//! The log lines to read, where no why quotes one.

use maud::{Markup, html};

use crate::diagnose::Cause;
use crate::report::html::markup::text::{capitalized, probe, shown};
use crate::report::words::lines_to_read;

pub(crate) fn section(cause: &Cause, is_shown: impl Fn(u32) -> bool + Copy) -> Markup {
    html! {
        @if !cause.worst_lines.is_empty() {
            h3 { "Log lines to read" }
            @for (worth, lines) in lines_to_read(cause) {
                p .quiet { (capitalized(&worth)) "." }
                ul { @for line in lines { li { (shown(&line.says)) (probe(Some(line.exchange), is_shown)) } } }
            }
        }
    }
}
