//! Which credential a recorded request carries. Each value is registered, so that no text keeps it.

use secrecy::SecretString;

use crate::har::document::Entry;
use crate::redact::Redactor;
use crate::terms::{TokenKind, TokenLocation};
use crate::token::unverified;

/// The credential of a recorded request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Credential {
    /// `valid`, or `expired` where the token says so. A recording shows no more.
    pub(crate) token: TokenKind,
    pub(crate) location: TokenLocation,
}

/// Query keys that carry a token. Source: RFC 6750, section 2.3, and the names that WebSocket clients use.
const QUERY_KEYS: [&str; 6] = ["access_token", "token", "jwt", "auth", "id_token", "api_key"];
/// Headers that carry a credential. A name that contains one of these words counts.
const HEADERS: [&str; 5] = ["authorization", "api-key", "apikey", "token", "secret"];
/// Authentication schemes. Source: the IANA registry of HTTP authentication schemes.
const SCHEMES: [&str; 4] = ["bearer", "basic", "token", "dpop"];

/// Finds the credential of a request, and registers every value that may be one.
pub(super) fn of(entry: &Entry, redactor: &Redactor) -> Option<Credential> {
    for header in &entry.response.headers {
        if header.name.eq_ignore_ascii_case("set-cookie") {
            keep_out(first_cookie(&header.value), redactor);
        }
    }
    let in_query = query_token(&entry.request.url);
    let in_headers = entry.request.headers.iter().filter_map(|header| in_header(&header.name, &header.value));
    let found: Vec<(TokenLocation, String)> =
        in_query.map(|value| (TokenLocation::Query, value)).into_iter().chain(in_headers).collect();
    for header in entry.request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("cookie")) {
        header.value.split("; ").map(first_cookie).for_each(|one| keep_out(one, redactor));
    }
    for (_, value) in &found {
        keep_out(value, redactor);
        value.split("; ").map(first_cookie).for_each(|one| keep_out(one, redactor));
    }
    let location = found.iter().map(|(location, _)| *location).next()?;
    let at = entry.started_date_time.as_second();
    let expired = found.iter().any(|(_, value)| expiry(value).is_some_and(|exp| exp < at));
    Some(Credential { token: if expired { TokenKind::Expired } else { TokenKind::Valid }, location })
}

/// Reports whether a request has a header for credentials, even an empty one. Browsers leave such headers out unless
/// they are asked to keep them.
pub(super) fn has_header(entry: &Entry) -> bool {
    let is_one = |name: &str| ["authorization", "cookie"].iter().any(|known| name.eq_ignore_ascii_case(known));
    entry.request.headers.iter().any(|header| is_one(&header.name))
}

/// Returns where a request carries a credential, by the same rules. Registers nothing.
#[cfg(feature = "twin")]
pub(crate) fn location<'a>(url: &str, headers: impl Iterator<Item = (&'a str, &'a str)>) -> Option<TokenLocation> {
    let mut in_headers = headers.filter_map(|(name, value)| in_header(name, value));
    let in_query = query_token(url).map(|_| TokenLocation::Query);
    in_query.or_else(|| in_headers.next().map(|(location, _)| location))
}

/// A shorter value is too common in other texts to be taken out of them.
const SHORTEST: usize = 8;

fn keep_out(value: &str, redactor: &Redactor) {
    if value.len() >= SHORTEST {
        redactor.register_secret("recorded", &SecretString::from(value.to_owned()));
    }
}

/// Returns the value of `NAME=VALUE; …`.
pub(super) fn first_cookie(header: &str) -> &str {
    header.split(';').next().and_then(|pair| pair.split_once('=')).map_or("", |(_, value)| value)
}

fn query_token(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    let is_token = |name: &str| QUERY_KEYS.contains(&name.to_ascii_lowercase().as_str());
    url.query_pairs().find(|(name, value)| is_token(name) && !value.is_empty()).map(|(_, value)| value.into_owned())
}

fn in_header(name: &str, value: &str) -> Option<(TokenLocation, String)> {
    let name = name.to_ascii_lowercase();
    if name == "sec-websocket-protocol" {
        let token =
            value.split(',').map(str::trim).find(|one| one.contains("jwt.") || one.matches('.').count() == 2)?;
        let token = token.trim_start_matches("jwt.").to_owned();
        return (!token.is_empty()).then_some((TokenLocation::Subprotocol, token));
    }
    if name == "cookie" {
        let session =
            value.split(';').any(|pair| pair.split_once('=').is_some_and(|(name, _)| is_session(name.trim())));
        return session.then(|| (TokenLocation::Header, value.to_owned()));
    }
    let is_one = HEADERS.iter().any(|word| name.contains(word)) && !name.contains("csrf") && !name.contains("xsrf");
    let value = value.trim();
    // A scheme without a token is no credential.
    let value = match value.split_once(' ') {
        Some((scheme, rest)) if !scheme.contains('=') => rest,
        None if SCHEMES.iter().any(|scheme| value.eq_ignore_ascii_case(scheme)) => "",
        _ => value,
    };
    (is_one && !value.is_empty()).then(|| (TokenLocation::Header, value.to_owned()))
}

/// Reports whether a cookie of this name signs a user in, by the words that frameworks use. Cookies of load balancers
/// and of analytics do not.
pub(super) fn is_session(name: &str) -> bool {
    const WORDS: [&str; 9] = ["sess", "sid", "auth", "token", "jwt", "login", "user", "remember", "ticket"];
    let name = name.to_ascii_lowercase();
    let is_counter =
        name.starts_with("_ga") || name.starts_with("_gid") || name.contains("csrf") || name.contains("xsrf");
    !is_counter && WORDS.iter().any(|word| name.contains(word))
}

/// Returns the `exp` of a JWT, in seconds since 1970. The signature is not checked: nobody has the key.
fn expiry(token: &str) -> Option<i64> {
    unverified::part(token, 1)?.get("exp")?.as_i64()
}
