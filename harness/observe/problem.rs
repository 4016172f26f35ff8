//! Marks from problem details (RFC 9457).

use serde_json::Value;

use crate::observe::maker::{Mark, Says};
use crate::observe::outcome::body_json;
use crate::observe::signature::media_type;
use crate::probe::Exchange;

/// Returns a mark when the body is a problem document. Services send them; some edges do too.
///
/// A `status` member that differs from the status code shows that an intermediary changed the status code (RFC 9457,
/// 3.1.2).
pub(crate) fn mark(exchange: &Exchange) -> Option<Mark> {
    if media_type(exchange) != Some("application/problem+json") {
        return None;
    }
    let json = body_json(exchange);
    let own = json.as_ref().and_then(|json| json.get("status")).and_then(Value::as_u64);
    match own {
        Some(own) if exchange.status().is_some_and(|status| u64::from(status) != own) => {
            Some(marked("problem.status-changed", Says::Relayed, format!("body …\"status\":{own}…")))
        }
        _ => Some(marked("problem", Says::Application, "content-type application/problem+json".into())),
    }
}

fn marked(id: &str, says: Says, bytes: String) -> Mark {
    Mark { id: id.into(), says, weight: 0.65, bytes }
}
