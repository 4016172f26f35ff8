//! The chain of whys, outermost first, each with its evidence.

use maud::{Markup, html};

use crate::diagnose::Cause;
use crate::report::html::markup::text::{proof, shown};

pub(crate) fn section(cause: &Cause, is_shown: impl Fn(u32) -> bool + Copy) -> Markup {
    html! {
        @if !cause.whys.is_empty() {
            h3 { "Why" }
            ol .whys {
                @for why in &cause.whys {
                    li {
                        p .claim { (shown(&why.claim)) }
                        ul { @for one in &why.evidence { li { (proof(one, is_shown)) } } }
                    }
                }
            }
        }
    }
}
