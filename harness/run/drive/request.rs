//! The probe that a step asks for.

use crate::config::{Endpoint, Target};
use crate::probe::{ProbeKey, ProbeRequest, Until};
use crate::run::context::lost_connection::may_arrive_twice;
use crate::run::drive::captures::Captures;
use crate::scenario::Step;
use crate::terms::{Caller, EvidenceSource};

/// Returns the probe of a step, with the captured values filled in. `name` is `scenario/step`.
pub(crate) fn of(step: &Step, endpoint: &Endpoint, name: &str, target: &Target, captures: &Captures) -> ProbeRequest {
    let usual = if target.opens(EvidenceSource::ServiceCredentials) { Caller::Right } else { Caller::None };
    let first_user = target.users.first().map(|user| user.name.clone()).unwrap_or_default();
    let key = ProbeKey {
        endpoint: step.call.clone(),
        token: step.token,
        token_location: step.token_location.unwrap_or_else(|| endpoint.usual_token_location()),
        caller: if endpoint.takes_caller { step.caller.unwrap_or(usual) } else { Caller::None },
        user: step.user.clone().unwrap_or(first_user),
    };
    ProbeRequest {
        step: Some(name.to_owned()),
        path: step.path.as_deref().map(|path| captures.fill(path)),
        query: step.query.iter().map(|(name, value)| (name.clone(), captures.fill(value))).collect(),
        body: step.body.as_ref().map(|body| captures.fill_json(body)),
        body_form: step.body_form,
        send: step.send.as_ref().map(|send| send.iter().map(|one| captures.fill_json(one)).collect()),
        until: until(step, endpoint),
        // A server may end a kept connection at the moment of the next request.
        own_connection: step.own_connection || !may_arrive_twice(endpoint, step.token),
        ..ProbeRequest::new(key)
    }
}

/// Returns how far the response is followed: a socket never ends by itself, so it is followed to the event that ends an
/// accepted call, or else to the last event that the step expects.
fn until(step: &Step, endpoint: &Endpoint) -> Until {
    let accepted = endpoint.accept.terminal_event.as_ref();
    let last = accepted.or(step.expect.terminal.as_ref()).or_else(|| step.expect.events.last());
    match last {
        Some(name) if !endpoint.kind.ends_by_itself() => Until::Event(name.clone()),
        _ => Until::Accepted,
    }
}
