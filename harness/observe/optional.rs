//! Endpoints that serve whoever comes: whom they served is what they say themselves. Sits in `observe`.

use super::Because;
use crate::config::Endpoint;
use crate::terms::Role;

/// Whether an answer that is a success by the endpoint's own rule was given to nobody in particular: for whoever signed in, that is a
/// refusal. An endpoint whose answer never tells whom it served gives no reason to think so.
pub(super) fn served_nobody(endpoint: &Endpoint, identity: Option<&str>, sub: &str) -> bool {
    endpoint.role == Role::Optional && endpoint.identity.is_some() && identity != Some(sub)
}

/// The same as a reason.
pub(super) fn as_nobody(identity: Option<&str>) -> Because {
    let bytes =
        identity.map_or_else(|| "the answer names nobody".to_owned(), |who| format!("the answer names {who:?}"));
    Because { claim: "whoever asked was served as nobody".to_owned(), bytes }
}
