//! Which probe of fivewhys a recorded call is: endpoint, token kind, token location, caller.

use fivewhys::internal::probe::ProbeKey;
use fivewhys::internal::terms::{Caller, TokenKind, TokenLocation};

use crate::recorded::recording::Probe;

/// Recorded calls by method and path, as endpoints. Left out: other views of health (`/health/ready`, `/api/health`,
/// `/auth/health`), routes that serve every caller (`/api/agents/*`, `/api/messages/`, `/api/events/stream`), routes that refuse
/// every caller even in a healthy system (`/api/v1/auth/protected`, `/auth/service-token`), and the login.
const ENDPOINTS: &[(&str, &str, &str)] = &[
    ("backend ", "GET /health", "backend.health"),
    ("backend ", "GET /api/chat/messages", "backend.chat-messages"),
    ("backend ", "POST /api/chat/messages", "backend.chat-messages-post"),
    ("backend ", "POST /api/chat/stream", "backend.chat-stream"),
    ("backend ", "GET /api/threads", "backend.threads"),
    ("backend ", "GET /api/users/profile", "backend.profile"),
    ("backend ", "POST /api/demo/chat", "backend.demo-chat"),
    ("auth ", "GET /health", "auth.health"),
    ("auth ", "POST /auth/validate", "auth.validate"),
    ("auth ", "POST /auth/verify", "auth.verify"),
    ("auth ", "GET /auth/me", "auth.me"),
    ("", "WEBSOCKET /ws", "backend.websocket"),
];

/// Recorded token names and the kinds they are. Others (`hs512`, `no_jti`, …) are no kind of fivewhys.
const TOKENS: &[(&str, TokenKind)] = &[
    ("valid", TokenKind::Valid),
    ("valid(same)", TokenKind::Valid),
    ("fresh valid", TokenKind::Valid),
    ("second request", TokenKind::Valid),
    ("T (mismatch)", TokenKind::Valid),
    ("T (healed) old token", TokenKind::Valid),
    ("T2 (healed) new token", TokenKind::Valid),
    ("T", TokenKind::Valid),
    ("expired", TokenKind::Expired),
    ("just_expired", TokenKind::Expired),
    ("garbage", TokenKind::Malformed),
    ("garbage3", TokenKind::Malformed),
    ("aaa.bbb.ccc", TokenKind::Malformed),
    ("wrong_secret", TokenKind::WrongKey),
    ("issued", TokenKind::Issued),
    ("none_alg", TokenKind::AlgNone),
    ("wrong_iss", TokenKind::WrongIssuer),
    ("wrong_aud", TokenKind::WrongAudience),
    ("future_iat", TokenKind::NotYetValid),
    ("unknown_user", TokenKind::UnknownUser),
];

/// Returns the key of a recorded call, or `None` for a call that the harness does not make.
pub(crate) fn of(probe: &Probe) -> Option<ProbeKey> {
    // Token locations that the harness does not use: another scheme, the query.
    if probe.name.contains("malformed scheme") || probe.request.url.contains('?') {
        return None;
    }
    let call = format!("{} {}", probe.request.method, probe.path());
    let from_auth = probe.name.starts_with("auth ");
    let endpoint = ENDPOINTS.iter().find(|(whose, what, _)| *what == call && (*whose == "auth ") == from_auth)?.2;
    let (token_location, token) = credential(probe, endpoint)?;
    Some(ProbeKey {
        endpoint: endpoint.to_owned(),
        token,
        token_location,
        caller: caller(probe),
        user: "primary".to_owned(),
    })
}

/// Reports whether a header calls the call a test. The harness sends no such header to a scenario's endpoints.
pub(crate) fn calls_itself_a_test(probe: &Probe) -> bool {
    probe.request.headers.keys().any(|name| name.to_ascii_lowercase().starts_with("x-e2e"))
}

fn credential(probe: &Probe, endpoint: &str) -> Option<(TokenLocation, TokenKind)> {
    let header = probe.request.headers.get("Authorization").and_then(|value| value.as_str());
    let offered = probe.request.subprotocols.iter().flatten().find(|text| text.contains("token:"));
    if let Some(offered) = offered {
        return Some((TokenLocation::Subprotocol, kind(offered)?));
    }
    if endpoint == "auth.validate" {
        let token = probe.request.body.get("token").and_then(|value| value.as_str());
        return Some((TokenLocation::Body, token.map_or(Some(TokenKind::None), kind)?));
    }
    Some((TokenLocation::Header, header.map_or(Some(TokenKind::None), kind)?))
}

fn kind(text: &str) -> Option<TokenKind> {
    let (_, name) = text.split_once("token:")?;
    let name = name.strip_suffix('>').unwrap_or(name);
    TOKENS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

fn caller(probe: &Probe) -> Caller {
    let header = |name: &str| probe.request.headers.get(name).and_then(|value| value.as_str());
    match (header("X-Service-ID"), header("X-Service-Secret")) {
        (None, _) => Caller::None,
        (Some(_), None) => Caller::IdOnly,
        (Some("netra-backend"), _) if probe.name.contains("wrong service secret") => Caller::WrongSecret,
        (Some("netra-backend"), _) => Caller::Right,
        (Some(_), _) => Caller::WrongId,
    }
}
