//! The notice that the page shows an incomplete run: it was interrupted, or it is one shard of several.

use maud::{Markup, html};

use crate::report::Report;
use crate::report::html::markup::text::instruction;
use crate::report::words::incomplete;

pub(super) fn notice(report: &Report) -> Markup {
    html! {
        @for why in incomplete(report) { p .partial { strong { "Incomplete run: " } (instruction(&why)) "." } }
    }
}
