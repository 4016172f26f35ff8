//! The head of the page: title, content security policy, style.

use maud::{Markup, PreEscaped, html};

use crate::report::Report;
use crate::report::html::markup::sheet::{STYLE, policy};
use crate::report::html::markup::text::shown;
use crate::report::words::outcome;

/// Returns the head. The policy allows only this style sheet, by its digest.
pub(super) fn head(report: &Report) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy(STYLE));
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            title { (shown(&format!("{} · {}", report.target, outcome(report)))) }
            style { (PreEscaped(STYLE)) }
        }
    }
}
