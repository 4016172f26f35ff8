//! The request of a probe with its credentials, once for the wire and once for the record.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::CallerIdentity;
use crate::probe::request::cookies;
use crate::probe::request::render::{Call, Ids, Rendered, Values};
use crate::probe::{CannotProbe, Credentials};
use crate::terms::{Caller, TokenKind};

/// Recorded in place of a secret.
const SECRET: &str = "<secret>";

/// The secret parts of one request.
pub(crate) struct Presented {
    pub(crate) token: Option<SecretString>,
    pub(crate) cookie: Option<String>,
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
            cookie: self.cookie.clone(),
            secret: &|name| Ok(credentials.user_secret(call.user, name)?.expose_secret().to_owned()),
        };
        let label = label(call.request.key.token);
        let shown = Values {
            token: self.token.as_ref().map(|_| [label.clone(), label]),
            service: service.into_iter().map(|(name, _, shown)| (name, shown)).collect(),
            cookie: self.cookie.as_deref().map(cookies::shown),
            secret: &|_| Ok(SECRET.to_owned()),
        };
        Ok(Pair { wire: call.render(ids, &wire)?, shown: call.render(ids, &shown)? })
    }
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
    let mut headers = vec![id(identity, caller)];
    let secret = match caller {
        Caller::None | Caller::IdOnly => None,
        Caller::WrongSecret => Some(random_secret()),
        Caller::Right | Caller::WrongId => Some(credentials.service_secret()?.expose_secret().to_owned()),
    };
    headers.extend(secret.map(|secret| (identity.secret_header.clone(), secret, SECRET.to_owned())));
    Ok(headers)
}

fn id(identity: &CallerIdentity, caller: Caller) -> (String, String, String) {
    let unknown = if caller == Caller::WrongId { "-unknown" } else { "" };
    let id = format!("{}{unknown}", identity.id);
    (identity.id_header.clone(), id.clone(), id)
}

/// Returns 48 random hex digits.
fn random_secret() -> String {
    let mut secret = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
    secret.truncate(48);
    secret
}
