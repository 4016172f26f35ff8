//! An effect that the vocabulary has no word for: on each endpoint nothing, what it does elsewhere, or something of
//! its own.

use super::super::ending::{Ending, Maker, Reason, Result};
use super::super::request::Request;
use super::super::traits::{Choice, Trait};
use super::super::world::{Step, World};
use crate::path::stop::Stop;
use crate::terms::Service;

pub(super) fn at(
    world: &mut World<'_>,
    request: &Request,
    stop: Stop,
    healthy: &dyn Fn(&mut World<'_>) -> Step<Ending>,
) -> Step<Ending> {
    let how = world.choice(Trait::UnknownHere)?;
    if how == Choice::Untouched {
        return healthy(world);
    }
    if !request.is_health() && world.yes(Trait::UnknownLooksAtToken)? {
        let ending = healthy(world)?;
        if !ending.worked() {
            return Ok(ending);
        }
    }
    let result = world.result(if how == Choice::AsElsewhere { Trait::UnknownDoes } else { Trait::OwnWay })?;
    Ok(Ending::new(maker(stop, request), form(stop, result), Reason::Unknown))
}

const fn maker(stop: Stop, request: &Request) -> Maker {
    match (stop, request.to) {
        (Stop::Network, _) => Maker::Network,
        (Stop::Edge, _) => Maker::Edge,
        (Stop::Auth | Stop::AuthStore, _) | (Stop::Client, Service::Auth) => Maker::Auth,
        _ => Maker::Backend,
    }
}

/// A client can only send a wrong request: it causes denials, not failures.
const fn form(stop: Stop, result: Result) -> Result {
    match (stop, result) {
        (Stop::Client, Result::InvalidRequest | Result::NotFound) => result,
        (Stop::Client, _) => Result::Denied,
        _ => result,
    }
}
