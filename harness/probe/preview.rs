//! What a probe would send, without its tokens and secrets. Nothing is sent, and no secret is read.

use std::fmt;

use crate::config::Target;
use crate::probe::request::call;
use crate::probe::request::render::Call;
use crate::probe::{CannotProbe, ProbeRequest};
use crate::terms::{Caller, EndpointKind};

/// A request that would be sent.
#[derive(Debug, Clone)]
pub(crate) struct Preview {
    method: String,
    /// The URL with the query as written: a placeholder stands for a token.
    url: String,
    credentials: Vec<String>,
}

impl Preview {
    /// Returns the request of a probe.
    ///
    /// # Errors
    /// When the probe cannot be sent, for example because its evidence is not granted.
    pub(crate) fn of(target: &Target, request: &ProbeRequest) -> Result<Self, CannotProbe> {
        let call = call::resolve(target, request)?;
        let (endpoint, key) = (call.endpoint, &request.key);
        let mut credentials = Vec::new();
        if !endpoint.token_locations.is_empty() && key.token.is_sent() {
            let issuer = key.token.is_minted_by_auth_service().then(|| call::issuer(target, key)).transpose()?;
            let from = issuer.map_or_else(String::new, |issuer| format!(", issued by {}", issuer.key.endpoint));
            let (token, location, user) = (key.token, key.token_location, &call.user.name);
            credentials.push(format!("token {token} of {user} in the {location}{from}"));
        } else {
            credentials.push("no token".to_owned());
        }
        if endpoint.takes_caller && key.caller != Caller::None {
            credentials.push(format!("service credentials {}", key.caller.as_str()));
        }
        let method = match endpoint.kind {
            EndpointKind::Websocket => "WebSocket".to_owned(),
            EndpointKind::Http | EndpointKind::Sse => endpoint.method.clone(),
        };
        Ok(Self { method, url: format!("{}{}", readable(call.place()?.as_str()), query(&call)), credentials })
    }
}

/// Returns a URL in which placeholders such as `{id}` are not escaped.
fn readable(url: &str) -> String {
    url.replace("%7B", "{").replace("%7D", "}")
}

/// Returns the query as the target and the step write it.
fn query(call: &Call<'_>) -> String {
    let (ours, asked) = (&call.endpoint.query, &call.request.query);
    let kept = ours.iter().filter(|(name, _)| !asked.iter().any(|(other, _)| other == name));
    let pairs: Vec<String> = kept.chain(asked).map(|(name, value)| format!("{name}={value}")).collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} · {}", self.method, self.url, self.credentials.join(" · "))
    }
}
