//! The probe that a step asks for. Sits in `run`, between a scenario's step and `probe`.

use crate::config::{Surface, Target};
use crate::probe::{ProbeKey, ProbeRequest, Until};
use crate::run::drive::captures::Captures;
use crate::scenario::Step;
use crate::terms::{Caller, Door, SurfaceKind};

/// With the captures filled in. `name` is `scenario/step`.
pub(crate) fn of(step: &Step, surface: &Surface, name: &str, target: &Target, captures: &Captures) -> ProbeRequest {
    let usual = if target.opens(Door::ServiceCredentials) { Caller::Right } else { Caller::None };
    let first_user = target.users.first().map(|user| user.name.clone()).unwrap_or_default();
    let key = ProbeKey {
        surface: step.call.clone(),
        token: step.token,
        carrier: step.carrier.unwrap_or_else(|| surface.usual_carrier()),
        caller: if surface.takes_caller { step.caller.unwrap_or(usual) } else { Caller::None },
        user: step.user.clone().unwrap_or(first_user),
    };
    ProbeRequest {
        step: Some(name.to_owned()),
        path: step.path.as_deref().map(|path| captures.fill(path)),
        query: step.query.iter().map(|(name, value)| (name.clone(), captures.fill(value))).collect(),
        body: step.body.as_ref().map(|body| captures.fill_json(body)),
        send: step.send.as_ref().map(|send| send.iter().map(|one| captures.fill_json(one)).collect()),
        until: until(step, surface),
        ..ProbeRequest::new(key)
    }
}

/// A socket never ends by itself: it is followed to the last event that is waited for.
fn until(step: &Step, surface: &Surface) -> Until {
    let last = step.expect.terminal.as_ref().or_else(|| step.expect.events.last());
    match last {
        Some(name) if surface.kind == SurfaceKind::Websocket => Until::Event(name.clone()),
        _ => Until::Accepted,
    }
}
