//! The edge, on the way in and on the way out.

use super::super::ending::{Ending, Maker, Reason, Result};
use super::super::request::{Credential, Request};
use super::super::traits::{Trait, Value};
use super::super::world::{Step, World};
use super::{backend, unknown, verify};
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
    if let Some(ending) = verify::at_the_edge(world, request, credential)? {
        return Ok(ending);
    }
    if world.has(Stop::Edge, Effect::Misroute, request)?
        && !(request.is_health() && world.yes(Trait::StrangerIsHealthy)?)
    {
        return stranger(world);
    }
    if world.has(Stop::Edge, Effect::NoListener, request)? {
        return without_backend(world);
    }
    if world.has(Stop::Edge, Effect::Tls, request)? {
        return Ok(Ending::new(Maker::Edge, world.result(Trait::UpstreamTlsShows)?, Reason::Upstream));
    }
    if world.has(Stop::Edge, Effect::Rewrite, request)? {
        let result = if request.is_socket() { world.result(Trait::NoRouteOnSocket)? } else { Result::NotFound };
        return Ok(Ending::new(Maker::Backend, result, Reason::OtherRoute));
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
            if effect == Effect::Refuse {
                return Ok(by_edge(Result::Denied, reason));
            }
            return Ok(Some(Ending::new(authorizer(world)?, world.result(Trait::SignInForm)?, reason)));
        }
    }
    if world.has(Stop::Edge, Effect::Hang, request)? {
        return Ok(Some(Ending::new(Maker::Any, Result::TimedOut, Reason::Unknown).after_a_wait(true)));
    }
    if world.has(Stop::Edge, Effect::Pause, request)? {
        return Ok(by_edge(world.result(Trait::PauseShows)?, Reason::Maintenance));
    }
    if world.has(Stop::Edge, Effect::NotFound, request)? {
        return Ok(by_edge(Result::NotFound, Reason::Route));
    }
    let by_size = world.reaches_only(Stop::Edge, Reach::Large) || world.reaches_only(Stop::Edge, Reach::Bodies);
    if by_size && world.has(Stop::Edge, Effect::Judge, request)? {
        return Ok(by_edge(Result::InvalidRequest, Reason::Size));
    }
    if in_header(request) && credential.present && world.has(Stop::Edge, Effect::Judge, request)? {
        return Ok(by_edge(Result::Denied, Reason::Signature));
    }
    if world.has(Stop::Edge, Effect::Fail, request)? {
        let result = world.result(Trait::AuthorizerFailed)?;
        return Ok(Some(Ending::new(authorizer(world)?, result, Reason::AuthFailed)));
    }
    if world.ever(Stop::Edge, Effect::Limits) && world.dice && world.has(Stop::Edge, Effect::Limits, request)? {
        return Ok(by_edge(Result::Throttled, Reason::Limit));
    }
    Ok(None)
}

/// Returns who seems to answer where the edge asks an authorizer: some edges pass its response on as it is.
fn authorizer(world: &mut World<'_>) -> Step<Maker> {
    Ok(if world.yes(Trait::AuthorizerSpeaks)? { Maker::Stranger } else { Maker::Edge })
}

/// Returns how a response changes on its way out.
fn outward(world: &mut World<'_>, request: &Request, ending: Ending) -> Step<Ending> {
    if !ending.worked() || request.role == Role::Health {
        return Ok(ending);
    }
    let lasts = if request.kind.is_stream() { Trait::LastsLong } else { Trait::PlainCallLastsLong };
    if world.has(Stop::Edge, Effect::Cut, request)? && world.yes(lasts)? {
        let result = world.result(Trait::CutAnswer)?;
        // The component that sent the head stays the maker of a response that is cut.
        let maker = if matches!(result, Result::BrokenStream | Result::Hollow) { Maker::Backend } else { Maker::Edge };
        return Ok(Ending::new(maker, result, Reason::Late).after_a_wait(true));
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

/// The answer for a service that does not run.
pub(super) fn absent(world: &mut World<'_>, shows: Trait) -> Step<Ending> {
    let result = world.result(shows)?;
    let maker = if matches!(result, Result::Refused | Result::Reset) { Maker::Network } else { Maker::Edge };
    let waits = result == Result::TimedOut;
    Ok(Ending::new(maker, result, if waits { Reason::Late } else { Reason::Upstream }).after_a_wait(waits))
}

/// The answer for a backend that does not run.
fn without_backend(world: &mut World<'_>) -> Step<Ending> {
    absent(world, Trait::EdgeWithoutBackend)
}

/// How a component that accepts the request and never answers shows: the edge or the client gives up.
pub(super) fn no_answer_in_time(world: &mut World<'_>, request: &Request) -> Step<Ending> {
    let by_edge = !request.past_edge && world.yes(Trait::EdgeGivesUpFirst)?;
    let maker = if by_edge { Maker::Edge } else { Maker::Any };
    Ok(Ending::new(maker, Result::TimedOut, Reason::Late).after_a_wait(true))
}

/// The answer of a service that is not the backend.
pub(super) fn stranger(world: &mut World<'_>) -> Step<Ending> {
    let result = if let Value::Result(own) = world.ask(Trait::StrangerHere)? {
        own
    } else {
        world.result(Trait::StrangerAnswers)?
    };
    Ok(Ending::new(Maker::Stranger, result, Reason::Route))
}

pub(super) const fn in_header(request: &Request) -> bool {
    matches!(request.location, TokenLocation::Header)
}
