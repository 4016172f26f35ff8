//! That the page does not show a whole run: it was interrupted, or is one part of several. Sits in `report::html`, in the banner.

use maud::{Markup, html};

use super::super::Report;

pub(super) fn notice(report: &Report) -> Markup {
    html! {
        @if let Some(signal) = report.interrupted {
            p .partial { strong { "Not a whole run: " (signal) " ended it before its time. " } "What was not driven is shown as skipped." @if !report.causes.is_empty() { " The causes rest on what was seen until then." } }
        }
        @if let Some(shard) = report.shard {
            p .partial { strong { "Not a whole run: this is part " (shard.index) " of " (shard.count) ". " } "It drove its own scenarios alone. " code { "fivewhys merge" } " puts the JSON reports of all parts together, and finds the causes with all that any of them saw." }
        }
    }
}
