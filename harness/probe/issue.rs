//! Takes the token from the response of an issuer endpoint, before any of it is recorded.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;

use super::login::lifetime;
use super::{Credentials, Exchange};
use crate::config::Endpoint;
use crate::probe::request::cookies::set_value;
use crate::probe::transport::answer::Answer;
use crate::terms::{Role, TokenKind};

/// How many credentials of one response are learnt, so that a hostile response takes little memory.
const MOST: u32 = 256;

/// A token that the auth service minted.
pub(super) struct Issued {
    pub(super) token: SecretString,
    /// Whether the signing secret of the target verifies it. `None`: not known.
    pub(super) with_our_secret: Option<bool>,
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
        let is_accepted = answer.status.is_some_and(|(status, _)| endpoint.accept.status.contains(&status.as_u16()));
        return is_accepted.then(|| Issued { token: token.into(), with_our_secret: None, lifetime: None });
    }
    let json: Value = serde_json::from_slice(&answer.body).ok()?;
    learn(&json, false, credentials, &mut { MOST });
    let token = endpoint.issued_token.as_ref()?.query(&json).first()?.as_str()?.trim();
    if token.is_empty() {
        return None;
    }
    credentials.learn(TokenKind::Issued, token);
    let (with_our_secret, lifetime) = (credentials.verifies(token), lifetime(&json, token));
    Some(Issued { token: SecretString::from(token), with_our_secret, lifetime })
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
pub(super) fn failure(exchange: &Exchange) -> String {
    match (&exchange.error, exchange.status()) {
        (Some(error), _) => format!("the response is missing or incomplete ({error})"),
        (None, Some(status)) if (200..300).contains(&status) => {
            format!("it answered {status}, but the response has no token at `issued_token`")
        }
        (None, Some(status)) => format!("it answered {status}"),
        (None, None) => "no response".to_owned(),
    }
}
