//! Finds unregistered credentials by their shape.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use regex::bytes::Regex;

use super::dictionary::Found;

/// A JWT (RFC 7515, section 7.1): three base64url parts, the first a JSON object (`{"` is `eyJ`). The signature may be
/// empty or cut off, because a WebSocket close reason has room for 123 bytes (RFC 6455, section 5.5). The header may be
/// replaced already.
static JWT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)(?:eyJ[A-Za-z0-9_-]{5,}|<jwt-header>)\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?"));
/// A JWT in base64, as a WebSocket subprotocol holds it (`eyJ` is `ZXlK`), whole or cut off.
static ENCODED_JWT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?-u)ZXlK[A-Za-z0-9+/_-]{8,}={0,2}"));
/// A bearer token of at least 20 characters (`b64token` in RFC 6750, section 2.1).
static BEARER: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i-u)\b(bearer(?:\s|%20|\+)+)[A-Za-z0-9._~+/-]{20,}=*"));

/// Finds text that looks like a JWT.
pub(super) fn find(text: &[u8]) -> Vec<Found> {
    let mark: Arc<str> = "<jwt>".into();
    let matches = [&JWT, &ENCODED_JWT].into_iter().flat_map(|pattern| pattern.find_iter(text));
    matches.map(|found| Found { at: found.range(), mark: Arc::clone(&mark) }).collect()
}

/// Replaces text that looks like a JWT or an opaque bearer token.
pub(super) fn clean(text: &[u8]) -> Cow<'_, [u8]> {
    let without_jwt = JWT.replace_all(text, b"<jwt>".as_slice());
    let without_encoded = replaced(&ENCODED_JWT, without_jwt, b"<jwt>");
    replaced(&BEARER, without_encoded, b"${1}<redacted>")
}

fn replaced<'t>(pattern: &Regex, text: Cow<'t, [u8]>, by: &[u8]) -> Cow<'t, [u8]> {
    match pattern.replace_all(&text, by) {
        Cow::Borrowed(_) => text,
        Cow::Owned(cleaned) => Cow::Owned(cleaned),
    }
}

fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("a constant pattern")
}
