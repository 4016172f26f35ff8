//! The faults that were ruled out, each with the observation that contradicts it.

use maud::{Markup, html};

use crate::diagnose::{Cause, RuledOut};
use crate::report::html::markup::text::{proof, shown};
use crate::report::words::counted;

pub(crate) fn section(cause: &Cause, is_shown: impl Fn(u32) -> bool + Copy) -> Markup {
    let out = &cause.ruled_out;
    html! {
        @if !out.is_empty() {
            h3 { "Ruled out" }
            details { summary { (counted(out.len(), "fault", "faults")) ", the closest first" } (table(out, is_shown)) }
        }
    }
}

fn table(out: &[RuledOut], is_shown: impl Fn(u32) -> bool + Copy) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { "Fault" } th scope="col" { "Ruled out by" } } }
            tbody {
                @for one in out {
                    tr { th scope="row" { code { (shown(&one.fault)) } } td { (proof(&one.by, is_shown)) } }
                }
            }
        }
    }
}
