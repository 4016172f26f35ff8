//! The frames of a WebSocket, in the real backend's format. Parts of a token are redacted.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::refusal::{SocketRefusal, error_text};
use super::token_location::Presented;
use crate::backend::auth_client::Refused;
use crate::backend::service::Backend;
use crate::terms::{epoch_seconds, iso_with_offset};

const MISSING: &str = "[MISSING]";
const REDACTED: &str = "[REDACTED]";

/// Returns the welcome: `data.event` is `connection_established`, `data.user_id` is the signed-in user.
pub(crate) fn welcome(user: &str, environment: &str) -> Value {
    let short: String = user.chars().take(8).collect();
    let connection =
        format!("ws_{short}_{}_{}", Timestamp::now().as_second(), &Uuid::new_v4().simple().to_string()[..8]);
    envelope(
        "system_message",
        json!({
            "event": "connection_established",
            "connection_id": connection,
            "user_id": user,
            "server_time": iso_with_offset(Timestamp::now()),
            "connection_ready": true,
            "environment": environment,
            "startup_complete": true,
            "config": { "heartbeat_interval": 30, "max_message_size": 8192 },
            "factory_pattern_enabled": true,
        }),
    )
}

/// Returns the heartbeat that follows the welcome.
pub(crate) fn ping() -> Value {
    envelope("ping", json!({ "timestamp": epoch_seconds() }))
}

/// Returns the response to a client's ping.
pub(crate) fn pong(user: &str) -> Value {
    envelope("pong", json!({ "timestamp": epoch_seconds(), "user_id": user }))
}

fn envelope(kind: &str, data: Value) -> Value {
    json!({ "type": kind, "data": data, "timestamp": epoch_seconds(), "server_id": null, "correlation_id": null })
}

/// Returns the error frame, with the failure context that the real backend discloses.
pub(crate) fn error(backend: &Backend, refusal: &SocketRefusal, presented: &Presented) -> Value {
    json!({
        "type": "error_message",
        "error_code": refusal.code(),
        "error_message": refusal.message(),
        "details": {
            "environment": backend.environment,
            "ssot_authentication": true,
            "error_code": refusal.code(),
            "failure_context": context(backend, refusal, presented),
        },
        "timestamp": epoch_seconds(),
        "recovery_suggestions": null,
    })
}

fn context(backend: &Backend, refusal: &SocketRefusal, presented: &Presented) -> Value {
    let sent = |present: bool| if present { REDACTED } else { MISSING };
    json!({
        "error_code": refusal.code(),
        "error_message": refusal.message(),
        "environment": backend.environment,
        "client_info": {
            "host": presented.peer.ip().to_string(),
            "port": presented.peer.port(),
            "user_agent": presented.user_agent,
        },
        "auth_headers": {
            "authorization_present": presented.authorization,
            "authorization_preview": sent(presented.authorization),
            "websocket_protocol": sent(presented.subprotocols),
        },
        "metadata_available": metadata(refusal, presented),
        "timestamp": Timestamp::now().strftime("%Y-%m-%d %H:%M:%S%.6f UTC").to_string(),
        "environment_config": {
            "ENVIRONMENT": backend.environment,
            "AUTH_SERVICE_URL": format!("{}...", backend.auth.base_url()),
            "TESTING": "0",
        },
    })
}

fn metadata(refusal: &SocketRefusal, presented: &Presented) -> Value {
    match refusal {
        SocketRefusal::NoToken => no_token(presented),
        SocketRefusal::InvalidFormat { length, dots } => json!({
            "context": "websocket",
            "method": "jwt_token",
            "token_debug": {
                "length": length,
                "starts_with_bearer": false,
                "has_dots": dots,
                "first_10_chars": REDACTED,
                "last_10_chars": REDACTED,
                "contains_spaces": false,
                "contains_newlines": false,
                "environment_context": "websocket",
            },
        }),
        SocketRefusal::NotValidated { refused, length, dots } => not_validated(*refused, *length, *dots),
    }
}

fn no_token(presented: &Presented) -> Value {
    let names = &presented.header_names;
    let sent = |present: bool| if present { REDACTED } else { MISSING };
    json!({
        "context": "websocket",
        "available_headers": names,
        "no_token_debug": {
            "headers_checked": {
                "authorization": sent(presented.authorization),
                "sec_websocket_protocol": sent(presented.subprotocols),
                "all_header_keys": names,
            },
            "query_params_available": true,
            "query_params": {},
            "websocket_info": {
                "client_host": presented.peer.ip().to_string(),
                "client_port": presented.peer.port(),
                "headers_count": names.len(),
                "available_headers": names,
                "websocket_state": "connected",
                "timestamp": iso_with_offset(Timestamp::now()),
            },
        },
    })
}

fn not_validated(refused: Refused, length: usize, dots: usize) -> Value {
    let unreachable = "Auth service is not available - check if service is running";
    let (keys, error, details): (&[&str], _, _) = match refused {
        Refused::NotValid => (&["valid", "user_id", "email", "permissions", "resilience_metadata"], None, None),
        Refused::Unreachable => (
            &["valid", "error", "details", "performance_metrics", "user_notification", "resilience_metadata"],
            Some(error_text(refused)),
            Some(unreachable),
        ),
        Refused::Rejected | Refused::Disabled => {
            (&["valid", "error", "details", "resilience_metadata"], Some(error_text(refused)), Some("Token rejected"))
        }
    };
    json!({
        "context": "websocket",
        "method": "jwt_token",
        "details": details,
        "failure_debug": {
            "validation_result_exists": true,
            "validation_result_keys": keys,
            "error_from_auth_service": error,
            "details_from_auth_service": details,
            "token_characteristics": {
                "length": length,
                "prefix": REDACTED,
                "suffix": REDACTED,
                "dot_count": dots,
                "has_bearer_prefix": false,
            },
            "context": "websocket",
            "method": "jwt_token",
            "timestamp": iso_with_offset(Timestamp::now()),
            "auth_service_response_status": "present",
        },
    })
}
