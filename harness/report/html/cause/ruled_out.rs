//! The faults that were ruled out, each with the observation that contradicts it.

use maud::{Markup, html};

use crate::diagnose::{Cause, RuledOut};
use crate::report::html::markup::text::{proof, shown};

/// Ruled-out faults that are not folded. The report has the closest first.
const CLOSEST: usize = 5;

pub(crate) fn section(cause: &Cause, is_shown: impl Fn(u32) -> bool + Copy) -> Markup {
    let out = &cause.ruled_out;
    let rest = out.get(CLOSEST..).unwrap_or_default();
    html! {
        @if !out.is_empty() {
            h3 { "Ruled out" }
            (table(&out[..out.len() - rest.len()], is_shown))
            @if !rest.is_empty() {
                details { summary { (rest.len()) " more" } (table(rest, is_shown)) }
            }
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
