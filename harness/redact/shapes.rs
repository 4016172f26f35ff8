//! Credentials that nobody registered, known by their shape. Sits in `redact`.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::bytes::Regex;

/// RFC 7515: three base64url parts, the first a JSON object (`{"` is `eyJ`); the signature may be empty.
static JWT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*"));
/// RFC 6750, 2.1, `b68token`, of 20 characters and more.
static BEARER: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i-u)\b(bearer(?:\s|%20|\+)+)[A-Za-z0-9._~+/-]{20,}=*"));

/// Replaces what looks like a JWT or an opaque bearer token.
pub(super) fn clean(text: &[u8]) -> Cow<'_, [u8]> {
    let without_jwt = JWT.replace_all(text, b"<jwt>".as_slice());
    match BEARER.replace_all(&without_jwt, b"${1}<redacted>".as_slice()) {
        Cow::Borrowed(_) => without_jwt,
        Cow::Owned(cleaned) => Cow::Owned(cleaned),
    }
}

fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("a constant pattern")
}
