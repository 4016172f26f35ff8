//! Tokens against cross-site request forgery: taken from the response of one endpoint, sent with another.

use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use super::session::Probed;
use super::{CannotProbe, Credentials, ProbeKey, ProbeRequest, Session};
use crate::config::{Csrf, CsrfPlace};
use crate::probe::request::call;
use crate::probe::request::cookies::{Cookies, set_value};
use crate::probe::request::render::Call;
use crate::probe::transport::answer::Answer;
use crate::terms::TokenKind;
use crate::token::IssuedJwt;

/// The longest token, in bytes.
const LONGEST: usize = 8 << 10;

impl Session {
    /// Calls the endpoint that gives the token, in this session and with the credential of the call that needs it.
    pub(super) async fn csrf(
        &self,
        csrf: &Csrf,
        needs: &Call<'_>,
        token: Option<SecretString>,
    ) -> Result<String, CannotProbe> {
        let target = &self.shared.target;
        let plain = call::plain(target, &csrf.endpoint, &needs.request.key)?;
        let ProbeKey { token: kind, token_location: location, .. } = needs.request.key;
        let endpoint = target.endpoints.get(&csrf.endpoint);
        let takes_it = endpoint.is_some_and(|endpoint| endpoint.token_locations.contains(&location));
        let (kind, token) = if takes_it { (kind, token) } else { (TokenKind::None, None) };
        let request = ProbeRequest::new(ProbeKey { token: kind, token_location: location, ..plain.key });
        let call = call::for_login(target, &request)?;
        let Probed { exchange, csrf: found, .. } = self.probe(&call, token, IssuedJwt::default()).await?;
        found.ok_or_else(|| {
            let why = match exchange.status() {
                Some(status) => {
                    format!("it answered {status}, and the response has no token at the place that `csrf` names")
                }
                None => super::issue::failure(&exchange),
            };
            CannotProbe::IssuerFailed { endpoint: csrf.endpoint.clone(), why, exchange: Box::new(exchange) }
        })
    }
}

/// Returns the token in a response, if its endpoint is the one that gives it. No record shows the token.
pub(super) fn found(
    call: &Call<'_>,
    answer: &Answer,
    cookies: &Cookies,
    url: &Url,
    credentials: &dyn Credentials,
) -> Option<String> {
    let csrf = call.target.access.csrf.as_ref().filter(|csrf| csrf.endpoint == call.endpoint.id)?;
    let body = || String::from_utf8_lossy(&answer.body);
    let found = match &csrf.place {
        CsrfPlace::Json(path) => {
            let json: Value = serde_json::from_slice(&answer.body).ok()?;
            path.query(&json).first()?.as_str()?.to_owned()
        }
        CsrfPlace::Pattern(pattern) => unescaped(pattern.captures(&body())?.get(1)?.as_str()),
        CsrfPlace::Cookie(name) => set_value(&answer.headers, name).or_else(|| cookies.value(url, name))?,
        CsrfPlace::Header(name) => answer.headers.get(name)?.to_str().ok()?.to_owned(),
    };
    if found.is_empty() || found.len() > LONGEST {
        return None;
    }
    credentials.conceal("csrf", &found);
    Some(found)
}

/// Replaces the character references that the value of an attribute in HTML may have.
fn unescaped(text: &str) -> String {
    text.replace("&#43;", "+").replace("&#x2B;", "+").replace("&#x2F;", "/").replace("&#61;", "=").replace("&amp;", "&")
}
