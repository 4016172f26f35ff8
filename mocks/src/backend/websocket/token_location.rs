//! Where a socket's token may come from (contract 1.6): header, subprotocol `jwt.<base64url>`, `?token=`.

use std::net::SocketAddr;

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};

/// What the client sent along with its upgrade. No `Debug`: it holds the token.
pub(super) struct Presented {
    token: Option<String>,
    pub(super) header_names: Vec<String>,
    pub(super) authorization: bool,
    pub(super) subprotocols: bool,
    pub(super) user_agent: String,
    pub(super) peer: SocketAddr,
}

impl Presented {
    pub(super) fn find(headers: HeaderMap, query: Option<&str>, peer: SocketAddr) -> Self {
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

    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }
}

fn bearer(value: &str) -> Option<String> {
    let token = value.strip_prefix("Bearer ")?.trim();
    (!token.is_empty()).then(|| token.to_owned())
}

/// The first `jwt.` entry that decodes; padding is optional, bad base64 is skipped.
fn in_subprotocols(offered: &str) -> Option<String> {
    let encoded = offered.split(',').filter_map(|entry| entry.trim().strip_prefix("jwt."));
    encoded.filter(|text| !text.is_empty()).find_map(decoded)
}

fn decoded(text: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()?;
    String::from_utf8(bytes).ok()
}

/// A JWT needs no percent-decoding.
fn in_query(query: &str) -> Option<String> {
    let token = query.split('&').find_map(|pair| pair.strip_prefix("token="))?;
    (!token.is_empty()).then(|| token.to_owned())
}
