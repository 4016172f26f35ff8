//! The edge, on the way in and on the way out.

use super::super::ending::{Ending, Maker, Reason, Result, Stream};
use super::super::request::{Credential, Request};
use super::super::traits::{Trait, Value};
use super::super::world::{Step, World};
use super::{backend, unknown, verify};
use crate::path::effect::{Effect, Reach};
use crate::path::stop::Stop;
use crate::terms::TokenLocation;

pub(super) fn at(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Ending> {
    if request.past_edge {
        return reach_backend(world, request, credential);
    }
    if world.shows(Stop::Edge, Effect::Unknown) {
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
    if let Some(ending) = verify::before_the_backend(world, request, credential)? {
        return Ok(ending);
    }
    if let Some(ending) = by_authorizer(world, request, credential)? {
        return Ok(ending);
    }
    if let Some(kept) = from_its_cache(world, request)? {
        return Ok(kept);
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
        let waits = world.yes(Trait::EdgeRetries)?;
        return Ok(
            Ending::new(Maker::Edge, world.result(Trait::UpstreamTlsShows)?, Reason::UpstreamTls).after_a_wait(waits)
        );
    }
    if world.has(Stop::Edge, Effect::Garble, request)? {
        let result = world.result(Trait::GarbledShows)?;
        let maker = if result == Result::InvalidRequest { Maker::Backend } else { Maker::Edge };
        return Ok(Ending::new(maker, result, Reason::Protocol));
    }
    if world.has(Stop::Edge, Effect::Rewrite, request)? {
        return backend::no_route(world, request, credential, Reason::OtherRoute);
    }
    if world.has(Stop::Edge, Effect::DropUpgrade, request)? && request.is_socket() {
        return backend::plain_call(world, request, credential);
    }
    let named = [Reach::Queries, Reach::Cookies]
        .iter()
        .any(|reach| world.reaches_only(Stop::Edge, Effect::DropCredential, *reach));
    let lost = (in_header(request) || named) && world.has(Stop::Edge, Effect::DropCredential, request)?;
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
    if world.has(Stop::Edge, Effect::Refuse, request)? {
        return Ok(by_edge(world.result(Trait::PolicyForm)?, Reason::Policy));
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
    let by_size =
        [Reach::Large, Reach::Bodies].iter().any(|reach| world.reaches_only(Stop::Edge, Effect::Judge, *reach));
    if by_size && world.has(Stop::Edge, Effect::Judge, request)? {
        return Ok(by_edge(world.result(Trait::SizeLimitShows)?, Reason::Size));
    }
    if in_header(request)
        && world.has(Stop::Edge, Effect::Judge, request)?
        && (credential.present || (!request.is_health() && world.yes(Trait::EdgeWantsToken)?))
    {
        return Ok(by_edge(Result::Denied, verify::judged(world, credential)?));
    }
    if world.is_limited(Stop::Edge, request)? {
        return Ok(by_edge(world.result(Trait::EdgeLimitShows)?, Reason::Limit));
    }
    Ok(None)
}

/// Returns how the authorizer of the edge refuses the request, or fails. It judges what the edge has verified.
fn by_authorizer(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Option<Ending>> {
    let spared = |world: &mut World<'_>| Ok(request.is_health() && world.yes(Trait::HealthPassesEdge)?);
    if world.has(Stop::Edge, Effect::SignIn, request)? && !spared(world)? {
        return Ok(Some(Ending::new(authorizer(world)?, world.result(Trait::SignInForm)?, Reason::SignIn)));
    }
    if world.has(Stop::Edge, Effect::Fail, request)? && !spared(world)? {
        let result = world.result(Trait::AuthorizerFailed)?;
        let waits = world.yes(Trait::AuthorizerHangs)?;
        let reason = if result == Result::Denied { Reason::FailsClosed } else { Reason::AuthFailed };
        return Ok(Some(Ending::new(authorizer(world)?, result, reason).after_a_wait(waits)));
    }
    let refused = verify::expected_by_the_edge(world, request, credential)?;
    Ok(refused.map(|reason| Ending::new(Maker::Edge, Result::Denied, reason)))
}

/// Returns who seems to answer where the edge asks an authorizer: some edges pass its response on as it is.
fn authorizer(world: &mut World<'_>) -> Step<Maker> {
    Ok(if world.yes(Trait::AuthorizerSpeaks)? { Maker::Stranger } else { Maker::Edge })
}

/// Returns the response to an earlier request, if the edge kept one. Only a response that says so comes from a cache.
fn from_its_cache(world: &mut World<'_>, request: &Request) -> Step<Option<Ending>> {
    if !request.from_cache || request.is_health() || !world.has(Stop::Edge, Effect::Replay, request)? {
        return Ok(None);
    }
    // What it kept may be a refusal, or the response to another user.
    let result = match () {
        () if world.yes(Trait::DeniesHere)? => Result::Denied,
        () if request.must_work() && !request.of_any_subject && world.yes(Trait::StrangersAreOthers)? => {
            Result::OtherUser
        }
        () => Result::Ok,
    };
    Ok(Some(Ending::new(Maker::Backend, result, Reason::Kept)))
}

/// Returns how a response changes on its way out.
fn outward(world: &mut World<'_>, request: &Request, ending: Ending) -> Step<Ending> {
    if !ending.worked() {
        return Ok(ending);
    }
    let lasts = if request.kind.is_stream() { Trait::LastsLong } else { Trait::PlainCallLastsLong };
    if world.has(Stop::Edge, Effect::Cut, request)? && world.yes(lasts)? {
        let result = world.result(Trait::CutAnswer)?;
        // The component that sent the head stays the maker of a response that is cut.
        let maker = match result {
            Result::BrokenStream | Result::Hollow => Maker::Backend,
            Result::Reset => Maker::Network,
            _ => Maker::Edge,
        };
        return Ok(Ending::new(maker, result, Reason::Late).after_a_wait(true).with_stream(Stream::Ends));
    }
    if request.kind.is_event_stream() && world.has(Stop::Edge, Effect::HoldBack, request)? {
        return Ok(Ending::new(Maker::Backend, world.result(Trait::HeldBack)?, Reason::Unknown));
    }
    if request.is_socket() && world.has(Stop::Edge, Effect::HoldBack, request)? && world.yes(Trait::HeldSockets)? {
        return Ok(Ending::new(Maker::Any, world.result(Trait::NothingComes)?, Reason::Unknown)
            .after_a_wait(true)
            .with_stream(Stream::StaysOpen));
    }
    Ok(ending)
}

pub(super) fn reach_backend(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Ending> {
    let lost = world.shows(Stop::Backend, Effect::ConfigLost) && world.yes(Trait::ChecksConfigAtStart)?;
    if lost || world.has(Stop::Backend, Effect::DoesNotStart, request)? {
        // A process that ends has no health check.
        let crashes = !lost && world.fails_to_start(Stop::Backend, None);
        return match world.ask(Trait::RunsBroken)? {
            Value::Result(_) if request.is_health() && !crashes && world.yes(Trait::HealthRunsOn)? => {
                Ok(Ending::ok(Maker::Backend))
            }
            Value::Result(shown) => Ok(Ending::new(Maker::Backend, shown, Reason::Code)),
            Value::Choice(_) => {
                let ending = without_backend(world)?;
                // A service that ends by itself may have served before.
                let down = if crashes { Reason::Down } else { Reason::NeverUp };
                let reason = if ending.reason == Reason::Upstream { down } else { ending.reason };
                Ok(Ending { reason, ..ending })
            }
        };
    }
    // Until a backend that died runs again, other requests fail too.
    if world.shows(Stop::Backend, Effect::Die) && world.dice && world.yes(Trait::StaysDead)? {
        return Ok(Ending::new(Maker::Edge, Result::Unavailable, Reason::Upstream));
    }
    backend::at(world, request, credential)
}

/// The answer for a service that does not run.
pub(super) fn absent(world: &mut World<'_>, shows: Trait) -> Step<Ending> {
    let result = world.result(shows)?;
    let maker = if matches!(result, Result::Refused | Result::Reset) { Maker::Network } else { Maker::Edge };
    let waits = result == Result::TimedOut;
    let retries = !waits && maker == Maker::Edge && world.yes(Trait::EdgeRetries)?;
    Ok(Ending::new(maker, result, if waits { Reason::Late } else { Reason::Upstream })
        .after_a_wait(waits)
        .after_retries(retries))
}

/// The answer for a backend that does not run.
fn without_backend(world: &mut World<'_>) -> Step<Ending> {
    absent(world, Trait::EdgeWithoutBackend)
}

/// How a component that accepts the request and never answers shows: the edge or the client gives up.
pub(super) fn no_answer_in_time(world: &mut World<'_>, request: &Request) -> Step<Ending> {
    let late = |maker, result| Ending::new(maker, result, Reason::Late).after_a_wait(true);
    if request.past_edge {
        return Ok(late(Maker::Any, Result::TimedOut));
    }
    Ok(match world.ask(Trait::EdgeGivesUp)? {
        Value::Result(shown) => late(Maker::Edge, shown),
        Value::Choice(_) => late(Maker::Any, Result::TimedOut),
    })
}

/// The answer of a service that is not the backend.
pub(super) fn stranger(world: &mut World<'_>) -> Step<Ending> {
    let result = if let Value::Result(own) = world.ask(Trait::StrangerHere)? {
        own
    } else {
        world.result(Trait::StrangerAnswers)?
    };
    let by_edge = result == Result::NotFound && world.yes(Trait::EdgeKnowsNoRoute)?;
    Ok(Ending::new(if by_edge { Maker::Edge } else { Maker::Stranger }, result, Reason::Route))
}

pub(super) const fn in_header(request: &Request) -> bool {
    matches!(request.location, TokenLocation::Header)
}
