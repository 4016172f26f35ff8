//! What each fault changes in the picture. Everything else is as in a healthy twin.

use fivewhys_mocks::Fault;

/// The backend's endpoints that need a user, over HTTP and WebSocket.
const SIGNED_IN: &[&str] = &["list", "post", "stream", "threads", "ws", "ws.sub"];
/// All endpoints behind the edge.
const AT_EDGE: &[&str] = &["health", "list", "post", "stream", "threads", "execute", "ws", "ws.sub"];
const OVER_HTTP: &[&str] = &["list", "post", "stream", "threads", "execute"];
const WITHOUT_SOCKETS: &[&str] = &["health", "list", "post", "stream", "threads", "execute"];
const SOCKETS: &[&str] = &["ws", "ws.sub"];

/// Endpoints, and the word that each of them shows instead of `ok`.
type Changes = Vec<(&'static [&'static str], &'static str)>;

/// Every token is refused. `execute` serves a refused caller as anonymous.
fn every_token_refused() -> Changes {
    vec![(SIGNED_IN, "refused"), (&["execute"], "anonymous")]
}

fn also(mut changes: Changes, more: &[(&'static [&'static str], &'static str)]) -> Changes {
    changes.extend_from_slice(more);
    changes
}

pub(crate) fn changes(fault: Fault) -> Changes {
    match fault.id().split('/').next() {
        Some("client") => of_client(fault),
        Some("network") if fault == Fault::ConnectionTerminated => {
            vec![(WITHOUT_SOCKETS, "cut"), (SOCKETS, "unreachable")]
        }
        Some("network") => vec![(AT_EDGE, "unreachable")],
        Some("edge") => of_edge(fault),
        Some("backend") => of_backend(fault),
        Some("auth") => of_auth(fault),
        Some("agents") => of_agents(fault),
        _ => of_services(fault),
    }
}

fn of_client(fault: Fault) -> Changes {
    match fault {
        Fault::RequestSchema => vec![(&["post", "stream"], "422")],
        Fault::ServiceCredentialsStale => vec![(&["validate"], "refused")],
        Fault::UnknownUser => also(every_token_refused(), &[(&["validate", "login"], "refused")]),
        Fault::WrongBaseUrl => vec![(AT_EDGE, "page 200")],
        _ => also(every_token_refused(), &[(&["validate"], "refused")]),
    }
}

fn of_edge(fault: Fault) -> Changes {
    match fault {
        Fault::DropsUpgrade => vec![(SOCKETS, "404")],
        Fault::IamDenied => vec![(OVER_HTTP, "page 401"), (&["health", "ws.sub"], "page 403"), (&["ws"], "page 401")],
        Fault::IamTokenUnverifiable => vec![(OVER_HTTP, "page 401"), (&["ws"], "page 401")],
        Fault::IngressBlocked => vec![(AT_EDGE, "page 404")],
        Fault::NoInstance => vec![(AT_EDGE, "page 429")],
        Fault::RouteDrift => vec![
            (&["list", "threads"], "page 200"),
            (&["post", "stream", "execute"], "page 404"),
            (SOCKETS, "page 200"),
        ],
        Fault::StripsAuthorization => {
            vec![(&["list", "post", "stream", "threads", "ws"], "refused"), (&["execute"], "anonymous")]
        }
        Fault::StripsAuthorizationOnUpgrade => vec![(&["ws"], "refused")],
        Fault::EdgeTimeout => vec![(&["stream", "execute"], "page 504"), (SOCKETS, "silent")],
        Fault::WafDenied => vec![(AT_EDGE, "page 403")],
        _ => unreachable!("{fault} is tested by itself"),
    }
}

fn of_backend(fault: Fault) -> Changes {
    match fault {
        Fault::CrossUserLeak => vec![(&["post", "stream", "execute", "ws", "ws.sub"], "other user")],
        Fault::DeniesEveryone => vec![(AT_EDGE, "refused")],
        Fault::DeniesUser => vec![(&["list", "post", "stream"], "refused")],
        Fault::HandlerError => vec![(&["list", "post", "stream"], "500")],
        Fault::BackendHanging => vec![(OVER_HTTP, "timeout"), (SOCKETS, "timeout")],
        Fault::JwtSecretMismatch => every_token_refused(),
        Fault::RouteMissing => vec![(&["stream"], "404")],
        Fault::StreamBroken => vec![(&["stream"], "cut")],
        Fault::IgnoresAuthorization => {
            vec![(&["list", "post", "stream", "threads", "ws"], "refused"), (&["execute"], "anonymous")]
        }
        Fault::WebsocketIgnoresHeader => vec![(&["ws"], "refused")],
        Fault::WebsocketRejects => vec![(SOCKETS, "500")],
        Fault::WebsocketSilent => vec![(SOCKETS, "silent")],
        _ => vec![(AT_EDGE, "page 503")],
    }
}

fn of_auth(fault: Fault) -> Changes {
    let auth: &[&str] = &["auth.health", "validate", "login"];
    match fault {
        Fault::BlacklistError => also(every_token_refused(), &[(&["validate"], "refused or 500")]),
        Fault::AuthDown => also(every_token_refused(), &[(auth, "unreachable")]),
        Fault::AuthHanging => also(every_token_refused(), &[(auth, "timeout")]),
        Fault::AuthJwtSecretMissing => also(every_token_refused(), &[(auth, "page 503")]),
        Fault::LacksServiceSecret => also(every_token_refused(), &[(&["validate"], "refused or 500")]),
        Fault::ValidateError => also(every_token_refused(), &[(&["validate"], "500")]),
        Fault::ValidateRouteMissing => also(every_token_refused(), &[(&["validate"], "404")]),
        _ => every_token_refused(),
    }
}

fn of_agents(fault: Fault) -> Changes {
    let agents: &[&str] = &["stream", "execute", "ws", "ws.sub"];
    match fault {
        Fault::CannedFallback => vec![(agents, "canned")],
        Fault::NoEvents => vec![(&["stream", "execute"], "nothing"), (SOCKETS, "silent")],
        _ => vec![(agents, "error")],
    }
}

fn of_services(fault: Fault) -> Changes {
    match fault {
        Fault::AuthUrlMissing | Fault::ServiceIdMissing | Fault::ServiceSecretMissing => vec![(AT_EDGE, "page 503")],
        Fault::DatabaseDown => {
            also(every_token_refused(), &[(&["threads"], "500"), (&["auth.health", "login"], "503")])
        }
        Fault::RedisDown => also(every_token_refused(), &[(&["auth.health"], "503")]),
        _ => every_token_refused(),
    }
}
