//! Takes the token from the response of an issuer endpoint, before any of it is recorded.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;
use serde_json_path::JsonPath;

use super::login::lifetime;
use super::{Credentials, Exchange};
use crate::config::Endpoint;
use crate::document::pattern_fits;
use crate::probe::request::cookies::set_value;
use crate::probe::transport::answer::Answer;
use crate::terms::{Role, TokenKind};
use crate::token::IssuedJwt;

/// How many credentials of one response are learnt, so that a hostile response takes little memory.
const MOST: u32 = 256;

/// A token that the auth service minted.
pub(super) struct Issued {
    pub(super) token: SecretString,
    /// What it tells.
    pub(super) jwt: IssuedJwt,
    /// How long it is valid, if the auth service says so.
    pub(super) lifetime: Option<Duration>,
}

/// Returns the token in the response of an issuer endpoint, if there is one. The redactor learns every credential in
/// the response.
/// `cookie` is the cookie of the session that the endpoint issues.
pub(super) fn issued(
    endpoint: &Endpoint,
    answer: &Answer,
    cookie: Option<String>,
    credentials: &dyn Credentials,
) -> Option<Issued> {
    if endpoint.role != Role::Issuer {
        return None;
    }
    if let Some(name) = &endpoint.form.issued_cookie {
        let token = set_value(&answer.headers, name).or(cookie)?;
        credentials.learn(TokenKind::Issued, &token);
        let issued = || Issued { token: token.into(), jwt: IssuedJwt::default(), lifetime: None };
        return is_accepted(endpoint, answer).then(issued);
    }
    let json = match serde_json::from_slice(&answer.body) {
        Ok(json) => json,
        Err(_) => Value::from(as_plain_text(endpoint, answer)?),
    };
    learn(&json, false, credentials, &mut { MOST });
    let token = endpoint.issued_token.as_ref()?.query(&json).first()?.as_str()?.trim();
    if token.is_empty() {
        return None;
    }
    credentials.learn(TokenKind::Issued, token);
    let (jwt, lifetime) = (credentials.read_issued(token), lifetime(&json, token));
    Some(Issued { token: SecretString::from(token), jwt, lifetime })
}

/// The fewest characters of a token that is a whole response: a shorter word may be a message.
const SHORTEST: usize = 16;

/// Returns the text of an accepted response that is one token (RFC 6750, 2.1), where `issued_token` is `$`.
fn as_plain_text<'a>(endpoint: &Endpoint, answer: &'a Answer) -> Option<&'a str> {
    let is_whole = endpoint.issued_token.as_ref().is_some_and(is_root) && is_accepted(endpoint, answer);
    let text = std::str::from_utf8(&answer.body).ok().filter(|_| is_whole)?.trim();
    let is_token = text.bytes().all(|sign| sign.is_ascii_alphanumeric() || b"-._~+/=".contains(&sign));
    (is_token && text.len() >= SHORTEST).then_some(text)
}

/// Reports whether the place of a token is the whole response.
fn is_root(place: &JsonPath) -> bool {
    place.to_string() == "$"
}

/// Reports whether a login was accepted. Many systems give a session to users who are not signed in too.
fn is_accepted(endpoint: &Endpoint, answer: &Answer) -> bool {
    let Some((status, _)) = answer.status else { return false };
    let text = String::from_utf8_lossy(&answer.body);
    let has_headers = |wanted: &[(String, String)]| {
        wanted.iter().all(|(name, pattern)| {
            let mut values = answer.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
            values.any(|value| pattern_fits(pattern, value))
        })
    };
    let has_texts = |wanted: &[String]| wanted.iter().all(|one| text.contains(one));
    let is_refused = endpoint.form.refusal.as_ref().is_some_and(|refusal| {
        (refusal.status.is_empty() || refusal.status.contains(&status.as_u16()))
            && has_headers(&refusal.headers)
            && has_texts(&refusal.text)
            && (refusal.json.is_empty()
                || serde_json::from_slice(&answer.body)
                    .is_ok_and(|json| refusal.json.iter().all(|condition| condition.holds(&json))))
    });
    let accept = &endpoint.accept;
    let usual = accept.status.is_empty() && status.is_success();
    (usual || accept.status.contains(&status.as_u16()))
        && has_headers(&accept.headers)
        && has_texts(&accept.text)
        && !is_refused
}

/// Makes every credential in the response known to the redactor: refresh tokens are as secret as the token itself.
fn learn(json: &Value, names_a_credential: bool, credentials: &dyn Credentials, left: &mut u32) {
    match json {
        Value::String(text) if names_a_credential && text.len() >= 16 && *left > 0 => {
            *left -= 1;
            credentials.learn(TokenKind::Issued, text);
        }
        Value::Array(items) => items.iter().for_each(|item| learn(item, names_a_credential, credentials, left)),
        Value::Object(members) => {
            for (name, value) in members {
                let name = name.to_ascii_lowercase();
                let secret = ["token", "secret", "session", "cookie"].iter().any(|word| name.contains(word));
                learn(value, secret, credentials, left);
            }
        }
        _ => {}
    }
}

/// Returns why the exchange with the issuer gave no token.
pub(super) fn failure(exchange: &Exchange, endpoint: &Endpoint) -> String {
    let (meant, status) = match (&exchange.error, exchange.meant_status().zip(exchange.shown_status())) {
        (Some(error), _) => return format!("the response is missing or incomplete ({error})"),
        (None, None) => return "no response".to_owned(),
        (None, Some(status)) => status,
    };
    let is_accepted = (200..300).contains(&meant) || endpoint.accept.status.contains(&meant);
    match (&endpoint.form.issued_cookie, &endpoint.issued_token) {
        (Some(cookie), _) if is_accepted => {
            format!("it answered {status}, but it set no cookie `{cookie}`, or the login is not as `accept` says")
        }
        (None, Some(place)) if is_accepted && is_root(place) => {
            format!("it answered {status}, but the response as a whole is no token, which `issued_token` says")
        }
        (None, Some(place)) if is_accepted => format!(
            "it answered {status}, but the response has no token at `issued_token`, which is {place}{}",
            fields(&exchange.body.text)
        ),
        _ => format!("it answered {status}"),
    }
}

/// The most names of fields that a message has, and the most characters of a name.
const FIELDS: (usize, usize) = (8, 40);

/// Names the fields of the JSON object.
fn fields(text: &str) -> String {
    let Ok(Value::Object(members)) = serde_json::from_str(text) else { return ": it is no JSON object".to_owned() };
    let names = members.keys().take(FIELDS.0).map(|name| name.chars().take(FIELDS.1).collect::<String>());
    format!("; its fields: {}", names.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use hyper::header::{HeaderValue, LOCATION};
    use hyper::{StatusCode, Version};
    use rstest::rstest;

    use super::*;
    use crate::config::Refusal;
    use crate::fixtures::endpoint;

    #[rstest]
    #[case::signed_in(302, "/account", true)]
    #[case::back_to_the_form(302, "/login?error=1", false)]
    #[case::another_page(302, "/elsewhere", false)]
    #[case::another_status(200, "/account", false)]
    fn a_session_is_issued_only_by_an_accepted_login(#[case] status: u16, #[case] to: &'static str, #[case] is: bool) {
        let place = |pattern: &str| vec![("location".to_owned(), pattern.to_owned())];
        let mut login = endpoint("backend.threads");
        (login.accept.status, login.accept.headers) = (vec![302], place("*/account*"));
        login.form.refusal = Some(Refusal { status: vec![302], headers: place("*/login*"), ..Refusal::default() });
        let mut answer =
            Answer { status: StatusCode::from_u16(status).ok().zip(Some(Version::HTTP_11)), ..Answer::default() };
        answer.headers.insert(LOCATION, HeaderValue::from_static(to));
        assert_eq!(is_accepted(&login, &answer), is);
        login.accept.headers.clear();
        assert_eq!(is_accepted(&login, &answer), is || to == "/elsewhere");
    }
}
