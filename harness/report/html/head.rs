//! The head of the page: title, content security policy, style.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, PreEscaped, html};

use crate::report::Report;
use crate::report::html::markup::text::shown;
use crate::report::words::outcome;

const STYLE: &str = include_str!("style.css");

/// Returns the head. The policy allows only this style sheet, by its digest.
pub(super) fn head(report: &Report) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy());
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            title { (shown(&format!("{} · {}", report.target, outcome(report)))) }
            style { (PreEscaped(STYLE)) }
        }
    }
}

fn policy() -> String {
    let style = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'")
}
