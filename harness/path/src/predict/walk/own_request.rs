//! Our own request to the auth service.

use super::super::ending::{Ending, Maker, Reason, Result};
use super::super::request::{Credential, Request};
use super::super::traits::{Choice, Trait};
use super::super::world::{Step, World};
use super::auth::{Answer, caller_reason, does_not_run, is_refused, judge, knows_the_login};
use super::{edge, unknown};
use crate::path::effect::{Config, Effect};
use crate::path::stop::Stop;
use crate::terms::{Caller, Role};

pub(super) fn at_the_door(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Ending> {
    if world.has(Stop::Auth, Effect::Refuse, request)? {
        return Ok(Ending::new(Maker::Edge, Result::Denied, Reason::Policy));
    }
    if does_not_run(world, request)? {
        return edge::absent(world, Trait::AuthAbsent);
    }
    if world.has(Stop::Auth, Effect::Hang, request)? && (!request.is_health() || world.yes(Trait::HealthHangs)?) {
        return edge::no_answer_in_time(world, request);
    }
    if world.is_limited(Stop::Auth, request)? {
        return Ok(by_auth(Result::Throttled, Reason::Limit));
    }
    let late = !request.is_health() && world.has(Stop::Auth, Effect::Slow, request)? && world.yes(Trait::Touched)?;
    if world.shows(Stop::Auth, Effect::Unknown) {
        return unknown::at(world, request, Stop::Auth, &|world| respond(world, request, credential));
    }
    Ok(respond(world, request, credential)?.after_a_wait(late))
}

fn by_auth(result: Result, reason: Reason) -> Ending {
    Ending::new(Maker::Auth, result, reason)
}

fn respond(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Ending> {
    let store = world.shows(Stop::AuthStore, Effect::NoListener);
    match request.role {
        Role::SelfCheck => Ok(Ending::ok(Maker::Auth)),
        Role::Health => {
            let fails = store && world.choice(Trait::AuthHealthAsks)? == Choice::Store;
            Ok(if fails { by_auth(Result::Unavailable, world.store_of_auth()) } else { Ending::ok(Maker::Auth) })
        }
        Role::Issuer => issue(world, request, store),
        _ => introspect(world, request, credential, store),
    }
}

fn issue(world: &mut World<'_>, request: &Request, store: bool) -> Step<Ending> {
    if knows_the_login(world, request)? == Answer::No {
        return Ok(by_auth(Result::Denied, Reason::User));
    }
    if store {
        return without_store(world);
    }
    if world.shows(Stop::Auth, Effect::CannotIssue) {
        return Ok(by_auth(Result::Failed, Reason::Code));
    }
    if world.shows(Stop::Auth, Effect::Fail) && world.yes(Trait::Touched)? {
        return Ok(by_auth(Result::Failed, Reason::Code));
    }
    Ok(Ending::ok(Maker::Auth))
}

fn introspect(world: &mut World<'_>, request: &Request, credential: Credential, store: bool) -> Step<Ending> {
    if world.shows(Stop::Auth, Effect::NotFound) && world.yes(Trait::Touched)? {
        return Ok(by_auth(Result::NotFound, Reason::Route));
    }
    if is_refused_as_caller(world, request)? {
        let reason = match request.caller {
            _ if world.lacks(Stop::Auth, Config::CallerSecret) => Reason::CallerUnset,
            Some(Caller::WrongId) => Reason::CallerId,
            Some(Caller::Right) => caller_reason(world),
            _ => Reason::Caller,
        };
        let unset = reason == Reason::CallerUnset;
        return Ok(by_auth(if unset { world.result(Trait::CallerUnsetShows)? } else { Result::Denied }, reason));
    }
    let refusal = if credential.present { judge(world, &credential, Some(request))? } else { Some(Reason::Missing) };
    if fails_at_tokens(world)? && world.yes(Trait::Touched)? && fails_before(world, refusal)? {
        return Ok(by_auth(Result::Failed, Reason::Code));
    }
    if let Some(reason) = refusal {
        return Ok(by_auth(Result::Denied, reason));
    }
    let denied = request.same_user && world.shows(Stop::Auth, Effect::DeniesUser);
    if denied && world.yes(Trait::RouteKnowsUsers)? {
        return Ok(by_auth(Result::Denied, Reason::User));
    }
    if world.shows(Stop::Auth, Effect::SaysNo) && world.yes(Trait::Touched)? {
        return Ok(by_auth(Result::Denied, Reason::Inactive));
    }
    if store && world.yes(Trait::RouteKnowsUsers)? {
        return without_store(world);
    }
    Ok(Ending::ok(Maker::Auth))
}

/// A request to the auth service that needs its store, which is down.
fn without_store(world: &mut World<'_>) -> Step<Ending> {
    if !world.yes(Trait::CallerWaits)? {
        return Ok(by_auth(Result::Failed, world.store_of_auth()));
    }
    let result = world.result(Trait::WaitForStore)?;
    let maker = if result == Result::TimedOut { Maker::Any } else { Maker::Auth };
    Ok(Ending::new(maker, result, world.store_of_auth()).after_a_wait(true))
}

/// Reports whether a failure of the auth service at tokens shows as a failure, and not as a refusal.
fn fails_at_tokens(world: &mut World<'_>) -> Step<bool> {
    let by_check = world.shows(Stop::Auth, Effect::SaysNo) && world.result(Trait::BrokenCheckShows)? == Result::Failed;
    Ok(by_check || world.shows(Stop::Auth, Effect::Fail))
}

/// Reports whether the auth service fails before it refuses a token for this reason.
fn fails_before(world: &mut World<'_>, refusal: Option<Reason>) -> Step<bool> {
    Ok(match refusal {
        None => true,
        Some(reason) => match world.choice(Trait::AuthFailsFirst)? {
            Choice::Yes => true,
            Choice::Shown => reason != Reason::Missing,
            _ => false,
        },
    })
}

/// Reports whether the auth service refuses us as a calling service.
fn is_refused_as_caller(world: &mut World<'_>, request: &Request) -> Step<bool> {
    let Some(caller) = request.caller else { return Ok(false) };
    let outdated = world.shows(Stop::Client, Effect::ReplaceCaller) || world.lacks(Stop::Auth, Config::CallerSecret);
    match caller {
        Caller::Right if outdated => is_refused(world, false),
        Caller::Right => Ok(world.shows(Stop::AuthCall, Effect::ReplaceCaller)
            && world.yes(Trait::CallerRefusalAlsoForRight)?
            && is_refused(world, false)?),
        Caller::WrongSecret | Caller::WrongId => is_refused(world, false),
        Caller::None | Caller::IdOnly => is_refused(world, true),
    }
}
