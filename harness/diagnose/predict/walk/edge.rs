//! The edge, on the way in and on the way out.

use super::super::ending::{Ending, Maker, Reason, Result};
use super::super::request::{Credential, Request};
use super::super::traits::{Trait, Value};
use super::super::world::{Step, World};
use super::{backend, unknown};
use crate::diagnose::model::path::effect::{Effect, Reach};
use crate::diagnose::model::path::stop::Stop;
use crate::terms::{Role, TokenLocation};

pub(super) fn at(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Ending> {
    if request.past_edge {
        return reach_backend(world, request, credential);
    }
    if world.ever(Stop::Edge, Effect::Unknown) {
        return unknown::at(world, request, Stop::Edge, &|world| inward(world, request, credential));
    }
    inward(world, request, credential)
}

fn inward(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Ending> {
    if let Some(ending) = refuses(world, request, credential)? {
        return Ok(ending);
    }
    if world.has(Stop::Edge, Effect::Misroute, request)?
        && !(request.is_health() && world.yes(Trait::StrangerIsHealthy)?)
    {
        return stranger(world, request);
    }
    if world.has(Stop::Edge, Effect::NoListener, request)? || world.has(Stop::Edge, Effect::Tls, request)? {
        return without_backend(world);
    }
    if world.has(Stop::Edge, Effect::DropUpgrade, request)? && request.is_socket() {
        let result = world.result(Trait::UpgradeAsPlainCall)?;
        return Ok(Ending::new(Maker::Backend, result, Reason::Route));
    }
    let lost = in_header(request) && world.has(Stop::Edge, Effect::DropCredential, request)?;
    let lost = lost
        || (request.location == TokenLocation::Subprotocol
            && world.has(Stop::Edge, Effect::DropSubprotocol, request)?);
    let credential = Credential { present: credential.present && !lost, ..credential };
    let ending = reach_backend(world, request, credential)?;
    outward(world, request, ending)
}

/// Returns how the edge refuses the request itself.
fn refuses(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Option<Ending>> {
    let by_edge = |result, reason| Some(Ending::new(Maker::Edge, result, reason));
    for (effect, reason) in [(Effect::Refuse, Reason::Policy), (Effect::SignIn, Reason::SignIn)] {
        let spared = request.is_health() && effect == Effect::SignIn;
        if world.has(Stop::Edge, effect, request)? && !(spared && world.yes(Trait::HealthPassesEdge)?) {
            let result = if effect == Effect::SignIn { world.result(Trait::SignInForm)? } else { Result::Denied };
            return Ok(by_edge(result, reason));
        }
    }
    if world.has(Stop::Edge, Effect::NotFound, request)? {
        return Ok(by_edge(Result::NotFound, Reason::Route));
    }
    if in_header(request) && credential.present && world.has(Stop::Edge, Effect::Judge, request)? {
        let too_large = world.reaches_only(Stop::Edge, Reach::Large);
        let (result, reason) =
            if too_large { (Result::InvalidRequest, Reason::Limit) } else { (Result::Denied, Reason::Signature) };
        return Ok(by_edge(result, reason));
    }
    if world.has(Stop::Edge, Effect::Fail, request)? {
        return Ok(by_edge(Result::Failed, Reason::Unknown));
    }
    if world.ever(Stop::Edge, Effect::Limits) && world.dice && world.has(Stop::Edge, Effect::Limits, request)? {
        return Ok(by_edge(Result::Throttled, Reason::Limit));
    }
    Ok(None)
}

/// Returns how a response changes on its way out.
fn outward(world: &mut World<'_>, request: &Request, ending: Ending) -> Step<Ending> {
    if !ending.worked() || request.role == Role::Health {
        return Ok(ending);
    }
    if world.has(Stop::Edge, Effect::Cut, request)? {
        let result = world.result(Trait::CutAnswer)?;
        // The component that sent the head stays the maker of a response that is cut.
        let maker = if matches!(result, Result::BrokenStream | Result::Hollow) { Maker::Backend } else { Maker::Edge };
        return Ok(Ending::new(maker, result, Reason::Upstream).after_a_wait(maker == Maker::Edge));
    }
    if request.kind.is_event_stream() && world.has(Stop::Edge, Effect::HoldBack, request)? {
        return Ok(Ending::new(Maker::Backend, world.result(Trait::HeldBack)?, Reason::Unknown));
    }
    Ok(ending)
}

pub(super) fn reach_backend(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Ending> {
    let lost = world.ever(Stop::Backend, Effect::ConfigLost) && world.yes(Trait::ChecksConfigAtStart)?;
    if lost || world.has(Stop::Backend, Effect::DoesNotStart, request)? {
        let runs = world.yes(Trait::RunsBroken)?;
        return if runs {
            Ok(Ending::new(Maker::Backend, Result::Failed, Reason::Code))
        } else {
            without_backend(world)
        };
    }
    backend::at(world, request, credential)
}

/// The answer for a backend that does not run.
fn without_backend(world: &mut World<'_>) -> Step<Ending> {
    let result = world.result(Trait::EdgeWithoutBackend)?;
    let maker = if matches!(result, Result::Refused | Result::Reset) { Maker::Network } else { Maker::Edge };
    Ok(Ending::new(maker, result, Reason::Upstream).after_a_wait(result == Result::TimedOut))
}

/// The answer of a service that is not the backend.
pub(super) fn stranger(world: &mut World<'_>, request: &Request) -> Step<Ending> {
    let result = if request.is_socket() {
        world.result(Trait::NoRouteOnSocket)?
    } else if let Value::Result(own) = world.ask(Trait::StrangerHere)? {
        own
    } else {
        world.result(Trait::StrangerAnswers)?
    };
    Ok(Ending::new(Maker::Stranger, result, Reason::Route))
}

pub(super) const fn in_header(request: &Request) -> bool {
    matches!(request.location, TokenLocation::Header)
}
