//! Problem details (RFC 9457). Sits in `observe`.

use serde_json::Value;

use crate::observe::mark::{Mark, Says};
use crate::observe::outcome::body_json;
use crate::observe::signature::media_type;
use crate::probe::Exchange;

/// A problem is what a service answers; some edges do so too. One whose own `status` is not that of the answer was relayed by somebody
/// who changed it (RFC 9457, 3.1.2).
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
