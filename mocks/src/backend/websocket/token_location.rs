//! The token locations of a WebSocket: `Authorization`, the subprotocol `jwt.<base64url>`, and `?token=`.

use std::net::SocketAddr;

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};

/// What the client sent with its upgrade. No `Debug`: it holds the token.
pub(crate) struct Presented {
    token: Option<String>,
    pub(crate) header_names: Vec<String>,
    pub(crate) authorization: bool,
    pub(crate) subprotocols: bool,
    pub(crate) user_agent: String,
    pub(crate) peer: SocketAddr,
}

impl Presented {
    /// Finds the token. The header comes first, then the subprotocol, then the query.
    pub(crate) fn find(headers: HeaderMap, query: Option<&str>, peer: SocketAddr) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let authorization = text(header::AUTHORIZATION);
        let protocols = text(header::SEC_WEBSOCKET_PROTOCOL);
        let token = authorization
            .and_then(bearer)
            .or_else(|| protocols.and_then(in_subprotocols))
            .or_else(|| query.and_then(in_query));
        Self {
            token,
            header_names: headers.keys().map(ToString::to_string).collect(),
            authorization: authorization.is_some(),
            subprotocols: protocols.is_some(),
            user_agent: text(header::USER_AGENT).unwrap_or_default().to_owned(),
            peer,
        }
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }
}

fn bearer(value: &str) -> Option<String> {
    let token = value.strip_prefix("Bearer ")?.trim();
    (!token.is_empty()).then(|| token.to_owned())
}

/// Returns the token of the first `jwt.` entry that decodes. Padding is optional; bad base64 is skipped.
fn in_subprotocols(offered: &str) -> Option<String> {
    let encoded = offered.split(',').filter_map(|entry| entry.trim().strip_prefix("jwt."));
    encoded.filter(|text| !text.is_empty()).find_map(decoded)
}

fn decoded(text: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()?;
    String::from_utf8(bytes).ok()
}

/// Returns the value of `token`. A JWT needs no percent-decoding.
fn in_query(query: &str) -> Option<String> {
    let token = query.split('&').find_map(|pair| pair.strip_prefix("token="))?;
    (!token.is_empty()).then(|| token.to_owned())
}
