//! The style sheet of the page, and the content security policy that allows it alone.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The style sheet of the report.
pub(crate) const STYLE: &str = include_str!("../style.css");

/// Returns the policy of a page: nothing is fetched, nothing runs, and only this style sheet applies.
pub(crate) fn policy(style: &str) -> String {
    let style = STANDARD.encode(digest(&SHA256, style.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'")
}
