//! Readings in words, for the chain of whys and for the faults that are ruled out.

use crate::config::Target;
use crate::diagnose::model::credential_words;
use crate::diagnose::model::probe_class::{Place, ProbeClass};
use crate::diagnose::readings::probe_result::Reading;
use crate::diagnose::wording::predictions;
use crate::diagnose::wording::proof::Proof;
use crate::observe::{Authn, Observation, Outcome};
use crate::terms::{Hop, TokenLocation};

/// Returns a reading as a proof:
/// `POST /auth/validate with a valid token, with the right service credentials: 200, accepted, in 9 ms`.
pub(crate) fn reading(reading: &Reading<'_>, target: &Target) -> Proof {
    let observation = reading.observation;
    let call = call(&observation.probe.endpoint, target);
    let with = with(&reading.class);
    let ended = ended(reading);
    let says = format!("{call}{with}: {ended}{}, in {} ms", quoted(observation), observation.took_ms);
    Proof::new(says, Some(observation.exchange))
}

/// Returns the sentence with which the component refused the request, quoted.
pub(crate) fn quoted(observation: &Observation) -> String {
    observation.says.as_ref().map_or_else(String::new, |says| format!(", it says {says:?}"))
}

/// Returns the name of a call: `POST /api/chat/stream`, or `WebSocket /ws`.
pub(crate) fn call(endpoint: &str, target: &Target) -> String {
    let Some(endpoint) = target.endpoints.get(endpoint) else { return endpoint.to_owned() };
    let place = if endpoint.past_edge { " (directly at the backend)".to_owned() } else { endpoint.at_its_host() };
    match endpoint.kind {
        crate::terms::EndpointKind::Websocket => format!("WebSocket {}{place}", endpoint.path),
        _ => format!("{} {}{place}", endpoint.method, endpoint.path),
    }
}

fn with(class: &ProbeClass) -> String {
    let credential = match (class.place, class.token) {
        (Place::BackendHealth | Place::DirectHealth | Place::AuthHealth | Place::Issuer | Place::SelfCheck, _) => {
            String::new()
        }
        (_, token) => format!(" {}", credential_words::with_token(token)),
    };
    let token_location = match class.token_location {
        TokenLocation::Header | TokenLocation::Body | TokenLocation::Cookie => String::new(),
        unusual => format!(" {}", credential_words::token_location(unusual)),
    };
    let user = if class.same_user { "" } else { " for another user" };
    let caller = class.caller.map_or(String::new(), |caller| format!(", {}", credential_words::caller(Some(caller))));
    format!("{credential}{user}{token_location}{caller}")
}

fn ended(reading: &Reading<'_>) -> String {
    let observation = reading.observation;
    let status = match (observation.status, observation.close_code) {
        (Some(101), Some(code)) => format!("closed with {code}, "),
        (Some(status), _) => match observation.grpc_status {
            Some(grpc) => format!("{status}, gRPC status {grpc}, "),
            None => format!("{status}, "),
        },
        (None, _) => String::new(),
    };
    let word = match (observation.result, observation.authn, reading.class.place) {
        (Outcome::Ok, Authn::AcceptedAsOther, _) => "accepted as another user",
        (Outcome::Ok, _, Place::Protected | Place::Direct | Place::Introspection) => "accepted",
        (Outcome::Ok, _, _) => "ok",
        (Outcome::Denied, Authn::CallerRejected, _) => "service credentials refused",
        (other, _, _) => predictions::outcome(&other),
    };
    let by = if reading.answered_by == Hop::Edge { ", answered by the edge" } else { "" };
    format!("{status}{word}{by}")
}
