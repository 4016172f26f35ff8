//! The request of a probe with its credentials, once for the wire and once for the record.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::{CallerIdentity, CallerScheme};
use crate::probe::request::cookies;
use crate::probe::request::render::{Call, Ids, Rendered, Values};
use crate::probe::{CannotProbe, Credentials};
use crate::terms::{Caller, TokenKind, TokenLocation};

const AUTHORIZATION: &str = "Authorization";
/// Recorded in place of a token against cross-site request forgery.
const CSRF: &str = "<csrf>";
/// Recorded in place of a secret.
pub(crate) const SECRET: &str = "<secret>";

/// The secret parts of one request.
pub(crate) struct Presented {
    pub(crate) token: Option<SecretString>,
    pub(crate) cookie: Option<String>,
    /// The token against cross-site request forgery.
    pub(crate) csrf: Option<String>,
}

/// The same request as it is sent and as it is recorded.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) wire: Rendered,
    pub(crate) shown: Rendered,
}

impl Presented {
    pub(crate) fn render(
        &self,
        call: &Call<'_>,
        ids: &Ids,
        credentials: &dyn Credentials,
    ) -> Result<Pair, CannotProbe> {
        let service = service(call, credentials)?;
        let wire = Values {
            token: self.token.as_ref().map(|token| {
                let token = token.expose_secret();
                [token.to_owned(), URL_SAFE_NO_PAD.encode(token)]
            }),
            service: service.iter().map(|(name, value, _)| (name.clone(), value.clone())).collect(),
            cookie: cookies::joined(
                self.cookie.clone(),
                session(call, self.token.as_ref().map(|token| token.expose_secret())),
            ),
            csrf: self.csrf.clone(),
            secret: &|name| Ok(credentials.user_secret(call.user, name)?.expose_secret().to_owned()),
            basic: &|user, password| {
                let encoded = STANDARD.encode(format!("{user}:{password}"));
                credentials.conceal("basic", &encoded);
                format!("Basic {encoded}")
            },
        };
        let label = label(call.request.key.token);
        let shown = Values {
            token: self.token.as_ref().map(|_| [label.clone(), label.clone()]),
            service: service.into_iter().map(|(name, _, shown)| (name, shown)).collect(),
            cookie: cookies::joined(
                self.cookie.as_deref().map(cookies::shown),
                session(call, self.token.as_ref().map(|_| &*label)),
            ),
            csrf: self.csrf.as_ref().map(|_| CSRF.to_owned()),
            secret: &|_| Ok(SECRET.to_owned()),
            basic: &|_, _| format!("Basic {SECRET}"),
        };
        Ok(Pair { wire: call.render(ids, &wire)?, shown: call.render(ids, &shown)? })
    }
}

/// Returns the cookie that carries the token, where the request carries it in a cookie.
fn session(call: &Call<'_>, token: Option<&str>) -> Option<String> {
    let in_cookie = call.request.key.token_location == TokenLocation::Cookie;
    let name = call.endpoint.form.token_cookie.as_deref().filter(|_| in_cookie)?;
    Some(format!("{name}={}", token?))
}

/// Returns what is recorded in place of a token.
pub(crate) fn label(token: TokenKind) -> String {
    format!("<token:{token}>")
}

/// Returns the headers that identify the calling service: name, value, and value for the record.
fn service(call: &Call<'_>, credentials: &dyn Credentials) -> Result<Vec<(String, String, String)>, CannotProbe> {
    let caller = call.request.key.caller;
    if !call.endpoint.takes_caller || caller == Caller::None {
        return Ok(Vec::new());
    }
    let identity = call.target.caller.as_ref().ok_or(CannotProbe::NoCaller)?;
    if !identity.scheme.has_id() && matches!(caller, Caller::WrongId | Caller::IdOnly) {
        return Err(CannotProbe::NoCallerId);
    }
    let id = id(identity, caller);
    let secret = match caller {
        Caller::None | Caller::IdOnly => None,
        Caller::WrongSecret => Some(random_secret()),
        Caller::Right | Caller::WrongId => Some(credentials.service_secret()?.expose_secret().to_owned()),
    };
    Ok(written(&identity.scheme, id, secret, credentials))
}

/// Returns the headers of a scheme: name, value, and value for the record.
fn written(
    scheme: &CallerScheme,
    id: String,
    secret: Option<String>,
    credentials: &dyn Credentials,
) -> Vec<(String, String, String)> {
    let hidden = |name: &str, value: String, shown: &str| (name.to_owned(), value, shown.to_owned());
    match scheme {
        CallerScheme::Headers { id: id_header, secret: secret_header } => {
            let of_secret = secret.map(|secret| hidden(secret_header, secret, SECRET));
            std::iter::once((id_header.clone(), id.clone(), id)).chain(of_secret).collect()
        }
        CallerScheme::ApiKey(name) => secret.map(|secret| hidden(name, secret, SECRET)).into_iter().collect(),
        CallerScheme::Bearer => {
            let value = secret.map(|secret| format!("Bearer {secret}"));
            value.map(|value| hidden(AUTHORIZATION, value, &format!("Bearer {SECRET}"))).into_iter().collect()
        }
        CallerScheme::Basic => {
            let encoded = STANDARD.encode(format!("{id}:{}", secret.unwrap_or_default()));
            credentials.conceal("service", &encoded);
            vec![hidden(AUTHORIZATION, format!("Basic {encoded}"), &format!("Basic {SECRET}"))]
        }
    }
}

fn id(identity: &CallerIdentity, caller: Caller) -> String {
    let unknown = if caller == Caller::WrongId { "-unknown" } else { "" };
    format!("{}{unknown}", identity.id)
}

/// Returns 48 random hex digits.
fn random_secret() -> String {
    let mut secret = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
    secret.truncate(48);
    secret
}
