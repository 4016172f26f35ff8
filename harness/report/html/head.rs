//! What the browser is told: title, policy, style. Sits in `report::html`.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, PreEscaped, html};

use super::super::Report;
use super::super::human::outcome;
use crate::report::html::markup::text::shown;

const STYLE: &str = include_str!("style.css");

/// The head. The policy allows this one style sheet, by its digest, and nothing else.
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
