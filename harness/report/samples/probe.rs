//! The probe of the sample reports.

use crate::observe::{Authn, Because, LatencyClass, Observation, Outcome};
use crate::probe::{Body, Exchange, Head, Phases, ProbeKey, SentRequest};
use crate::report::ProbeReport;
use crate::terms::{Caller, Hop, TokenKind, TokenLocation};

/// A wrong-key token that the backend refuses.
pub(crate) fn probe() -> ProbeReport {
    ProbeReport { observation: Some(observation()), exchange: exchange() }
}

fn key() -> ProbeKey {
    ProbeKey {
        endpoint: "backend.chat-stream".to_owned(),
        token: TokenKind::WrongKey,
        token_location: TokenLocation::Header,
        caller: Caller::None,
        user: "alice".to_owned(),
    }
}

fn observation() -> Observation {
    let because = |claim: &str, bytes: &str| Because { claim: claim.to_owned(), bytes: bytes.to_owned() };
    Observation {
        maker_is_hint: false,
        unmarked: false,
        unchallenged: false,
        speaks_for_another: false,
        from_cache: false,
        carried: None,
        clock_skew_s: None,
        says: None,
        means: Vec::new(),
        held_back: false,
        sent_bytes: None,
        blocked: None,
        took_ms: 57,
        lasted_ms: None,
        idle_ms: None,
        left_open: false,
        unconnected: false,
        product: None,
        connection_headers: None,
        exchange: 7,
        probe: key(),
        answered_by: Hop::Backend,
        authn: Authn::Unknown,
        result: Outcome::Denied,
        latency: LatencyClass::Fast,
        status: Some(403),
        grpc_status: None,
        close_code: None,
        identity: None,
        shape: "9f2c".to_owned(),
        signatures: Vec::new(),
        because: vec![
            because("answered by the backend", "header x-trace-id"),
            because(
                "the credential was refused or could not be checked",
                r#"body {"error":true,"error_code":"AUTH_UNAUTHORIZED"}"#,
            ),
        ],
        issued: crate::token::IssuedJwt::default(),
    }
}

fn exchange() -> Exchange {
    Exchange {
        id: 7,
        probe: key(),
        step: Some("chat-stream/refuse-wrong-key".to_owned()),
        started_at: jiff::Timestamp::UNIX_EPOCH,
        trace_id: "4bf92f3577b34da6a3ce929d0e0e4736".to_owned(),
        request: SentRequest {
            method: "POST".to_owned(),
            url: "http://127.0.0.1:8080/api/chat/stream".to_owned(),
            headers: vec![("authorization".to_owned(), "Bearer <token:wrong-key>".to_owned())],
            body: Some(r#"{"content": "hello"}"#.to_owned()),
        },
        head: Some(Head {
            status: 403,
            version: "HTTP/1.1".to_owned(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        }),
        body: Body {
            text: r#"{"error":true,"error_code":"AUTH_UNAUTHORIZED"}"#.to_owned(),
            bytes: 47,
            truncated: false,
        },
        trailers: Vec::new(),
        events: Vec::new(),
        frames: Vec::new(),
        close: None,
        error: None,
        browser: None,
        blocked: None,
        unsent: false,
        unissued: false,
        phases: Phases {
            dns_ms: Some(0.2),
            connect_ms: Some(1.1),
            reused: false,
            first_byte_ms: Some(56.0),
            end_ms: 57.2,
        },
        issued: crate::token::IssuedJwt::default(),
    }
}
