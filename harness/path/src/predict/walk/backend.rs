//! The backend and what is behind it.

use super::super::ending::{Ending, Maker, Reason, Result, Stream, Wait};
use super::super::request::{Credential, Request};
use super::super::traits::{Choice, Trait, Value};
use super::super::world::{Step, World};
use super::auth::{self, Answer};
use super::edge::in_header;
use super::{edge, login, unknown, verify};
use crate::path::effect::{Effect, Reach};
use crate::path::stop::Stop;
use crate::terms::Role;

pub(super) fn at(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Ending> {
    if world.shows(Stop::Backend, Effect::Unknown) {
        return unknown::at(world, request, Stop::Backend, &|world| serve(world, request, credential));
    }
    serve(world, request, credential)
}

fn by_backend(result: Result, reason: Reason) -> Ending {
    Ending::new(Maker::Backend, result, reason)
}

fn serve(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Ending> {
    let is_bad =
        request.role != Role::Health && credential.present && world.has(Stop::Backend, Effect::BadRevision, request)?;
    if !is_bad {
        return serve_well(world, request, credential);
    }
    // It may lack what it needs to confirm a token: then it refuses the others as usual.
    if world.yes(Trait::UnknownLooksAtToken)? {
        let ending = serve_well(world, request, credential)?;
        if !ending.worked() {
            return Ok(ending);
        }
    }
    Ok(by_backend(world.result(Trait::BadRevisionDoes)?, Reason::Unknown))
}

/// How every revision but a bad one serves.
fn serve_well(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Ending> {
    let asked = request.role != Role::Health;
    if world.has(Stop::Backend, Effect::Hang, request)? && (asked || world.yes(Trait::HealthHangs)?) {
        return edge::no_answer_in_time(world, request);
    }
    if world.has(Stop::Backend, Effect::Pause, request)? && (asked || world.yes(Trait::HealthToo)?) {
        return Ok(by_backend(world.result(Trait::PauseShows)?, Reason::Maintenance));
    }
    // The server of the backend reads all headers before it looks for a route.
    if world.reaches_only(Stop::Backend, Effect::Judge, Reach::Large)
        && world.has(Stop::Backend, Effect::Judge, request)?
    {
        return Ok(by_backend(world.result(Trait::SizeLimitShows)?, Reason::Size));
    }
    if world.has(Stop::Backend, Effect::Refuse, request)? {
        return Ok(by_backend(world.result(Trait::RefusalOfEveryone)?, Reason::Everyone));
    }
    if world.has(Stop::Backend, Effect::RedirectToItself, request)? {
        return Ok(by_backend(Result::WrongService, Reason::Scheme));
    }
    if world.has(Stop::Backend, Effect::RedirectSlash, request)? {
        return Ok(by_backend(Result::NotFound, Reason::Slash));
    }
    // A session is read before the credential is looked at.
    if asked
        && world.shows(Stop::BackendStore, Effect::NoListener)
        && world.yes(Trait::StoreComesFirst)?
        && uses_the_store(world)?
    {
        return Ok(by_backend(store_down(world, request)?, Reason::Store));
    }
    if world.is_limited(Stop::Backend, request)? {
        return Ok(by_backend(Result::Throttled, Reason::Limit));
    }
    if !asked {
        let moved = world.has(Stop::Backend, Effect::NotFound, request)? && world.yes(Trait::HealthMoves)?;
        return if moved { Ok(by_backend(Result::NotFound, Reason::Route)) } else { health(world, request) };
    }
    if world.has(Stop::Backend, Effect::NotFound, request)? {
        return no_route(world, request, credential, Reason::Route);
    }
    if request.is_socket() && world.has(Stop::Backend, Effect::DropUpgrade, request)? {
        return plain_call(world, request, credential);
    }
    if request.is_login() {
        return login::at_the_backend(world, request);
    }
    // The backend reads a token in another location, unless the effect names that location.
    let elsewhere = !in_header(request)
        && ![Reach::Subprotocols, Reach::Queries, Reach::Cookies]
            .iter()
            .any(|reach| world.reaches_only(Stop::Backend, Effect::DropCredential, *reach));
    let lost = !elsewhere && world.has(Stop::Backend, Effect::DropCredential, request)?;
    let credential = Credential { present: credential.present && !lost, ..credential };
    judge(world, request, credential)
}

fn health(world: &mut World<'_>, request: &Request) -> Step<Ending> {
    let touched = world.shows(Stop::BackendStore, Effect::NoListener)
        || world.shows(Stop::BackendStore, Effect::Unknown)
        || world.shows(Stop::AuthCall, Effect::NoListener)
        || world.shows(Stop::AuthCall, Effect::Misroute)
        || world.shows(Stop::Auth, Effect::DoesNotStart)
        || world.shows(Stop::Auth, Effect::Hang)
        || world.shows(Stop::AuthStore, Effect::NoListener);
    if touched {
        let asks = world.choice(Trait::BackendHealthAsks)?;
        let store = asks != Choice::Nobody && world.shows(Stop::BackendStore, Effect::NoListener);
        let auth = asks == Choice::StoreAndAuth && !auth::is_healthy(world, request)?;
        if store || auth {
            return Ok(by_backend(Result::Unavailable, if store { Reason::Store } else { Reason::AuthFailed }));
        }
    }
    Ok(Ending::ok(Maker::Backend))
}

/// Answers an upgrade that came as a plain call.
pub(super) fn plain_call(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Ending> {
    if world.yes(Trait::CredentialBeforeUpgrade)?
        && let Some(refusal) = verify::refusal(world, request, credential)?
    {
        return Ok(refusal);
    }
    Ok(by_backend(world.result(Trait::UpgradeAsPlainCall)?, Reason::Route))
}

/// Answers a request for which there is no route. Some backends look at the credential first, and health checks have none.
pub(super) fn no_route(
    world: &mut World<'_>,
    request: &Request,
    credential: Credential,
    reason: Reason,
) -> Step<Ending> {
    // Who looks at the credential of a route that is gone may not do so for a path that never was one.
    let first = if reason == Reason::Route { Trait::CredentialBeforeRoute } else { Trait::CredentialBeforeUpgrade };
    if !request.is_login()
        && world.yes(first)?
        && let Some(refusal) = verify::refusal(world, request, credential)?
    {
        return Ok(refusal);
    }
    if request.is_socket() {
        return no_socket_route(world, request, reason);
    }
    Ok(by_backend(Result::NotFound, reason))
}

/// Answers an upgrade for which there is no route. Behind an edge, a connection that the backend closes is one of its
/// own failures.
pub(super) fn no_socket_route(world: &mut World<'_>, request: &Request, reason: Reason) -> Step<Ending> {
    let result = world.result(Trait::NoRouteOnSocket)?;
    if result != Result::Reset || request.past_edge {
        return Ok(by_backend(result, reason));
    }
    Ok(Ending::new(Maker::Edge, Result::Unavailable, Reason::Upstream))
}

/// Verifies the credential, then authorizes the user, then calls the handler.
fn judge(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Ending> {
    let refused = if request.is_socket() { refuses_socket(world, request)? } else { None };
    if let Some(at_once) = refused
        && !world.yes(Trait::CredentialBeforeSocket)?
    {
        return Ok(at_once);
    }
    let too_large = world.shows(Stop::Backend, Effect::Judge)
        && world.reaches_only(Stop::Backend, Effect::Judge, Reach::Bodies)
        && (world.has(Stop::Backend, Effect::Judge, request)? || sends_too_much(world, request)?);
    if too_large && !world.yes(Trait::CredentialBeforeBody)? {
        return Ok(by_backend(world.result(Trait::BodyLimitShows)?, Reason::Size));
    }
    let is_invalid = world.has(Stop::Client, Effect::InvalidRequest, request)?;
    if is_invalid && !world.yes(Trait::CredentialBeforeBody)? {
        return Ok(by_backend(Result::InvalidRequest, Reason::Invalid));
    }
    if let Some(refusal) = verify::refusal(world, request, credential)? {
        let passes = match world.choice(Trait::AnswersStrangers)? {
            Choice::Yes => true,
            Choice::Shown => refusal.reason != Reason::Missing,
            _ => false,
        };
        if passes && world.yes(Trait::StrangersAreOthers)? {
            return Ok(by_backend(Result::OtherUser, Reason::None));
        }
        return if passes { handle(world, request) } else { Ok(refusal) };
    }
    if let Some(refused) = refused {
        return Ok(refused);
    }
    if too_large && world.yes(Trait::CredentialBeforeBody)? {
        return Ok(by_backend(world.result(Trait::BodyLimitShows)?, Reason::Size));
    }
    if is_invalid {
        return Ok(by_backend(Result::InvalidRequest, Reason::Invalid));
    }
    if request.has_query && !request.past_edge && world.has(Stop::Edge, Effect::DropQuery, request)? {
        let result = world.result(Trait::LostQueryShows)?;
        if !result.is_success() {
            return Ok(by_backend(result, Reason::Invalid));
        }
    }
    if world.has(Stop::Backend, Effect::DeniesUser, request)?
        && (request.same_user || world.yes(Trait::OthersDeniedToo)?)
        && world.yes(Trait::DeniesHere)?
    {
        return Ok(by_backend(Result::Denied, Reason::Permission));
    }
    if let Some(failed) = verify::asks_for_more(world, request, credential)? {
        return Ok(failed);
    }
    // A token that may name another subject does not show for whom it was taken.
    if !request.of_any_subject && world.has(Stop::Backend, Effect::OtherUser, request)? {
        return Ok(by_backend(Result::OtherUser, Reason::None));
    }
    handle(world, request)
}

/// Reports whether a message on a socket is larger than the backend takes.
fn sends_too_much(world: &mut World<'_>, request: &Request) -> Step<bool> {
    Ok(request.sends_messages && world.yes(Trait::BodyIsLarge)?)
}

/// Returns how the backend refuses a socket for another reason than its token.
fn refuses_socket(world: &mut World<'_>, request: &Request) -> Step<Option<Ending>> {
    if world.has(Stop::Backend, Effect::RefuseOrigin, request)? {
        return Ok(Some(by_backend(Result::Denied, Reason::Origin)));
    }
    if !world.has(Stop::Backend, Effect::Judge, request)? {
        return Ok(None);
    }
    let shown = world.result(Trait::SocketJudgeShows)?;
    let reason = if shown == Result::Denied { Reason::Everyone } else { Reason::Code };
    Ok(Some(by_backend(shown, reason)))
}

pub(super) fn handle(world: &mut World<'_>, request: &Request) -> Step<Ending> {
    if world.has(Stop::Backend, Effect::Die, request)? {
        let result = world.result(Trait::DyingShows)?;
        let maker = if result == Result::BrokenStream { Maker::Backend } else { Maker::Edge };
        // A supervisor kills what hangs, and memory runs out while the client waits.
        let waits = world.yes(Trait::CallerWaits)?;
        return Ok(Ending::new(maker, result, Reason::Upstream).after_a_wait(waits).with_stream(Stream::Ends));
    }
    if world.has(Stop::Backend, Effect::Fail, request)? {
        return Ok(by_backend(world.result(Trait::HandlerFails)?, Reason::Code));
    }
    if world.has(Stop::Service, Effect::Fail, request)? {
        let result = world.result(Trait::ServiceFails)?;
        let waits = result == Result::TimedOut || world.yes(Trait::CallerWaits)?;
        return Ok(by_backend(result, Reason::Service).after_a_wait(waits));
    }
    if world.has(Stop::Backend, Effect::Forgets, request)? {
        return Ok(by_backend(world.result(Trait::ForgetsForm)?, Reason::Session));
    }
    if world.shows(Stop::BackendStore, Effect::NoListener) && uses_the_store(world)? {
        return Ok(by_backend(store_down(world, request)?, Reason::Store));
    }
    if world.has(Stop::BackendStore, Effect::Hang, request)? {
        return Ok(by_backend(store_down(world, request)?, Reason::Query).after_a_wait(true));
    }
    if world.has(Stop::BackendStore, Effect::Fail, request)? {
        return Ok(by_backend(world.result(Trait::HandlerFails)?, Reason::Query));
    }
    if world.has(Stop::BackendStore, Effect::Refuse, request)? {
        return Ok(by_backend(world.result(Trait::HandlerFails)?, Reason::NoWrites));
    }
    if world.shows(Stop::BackendStore, Effect::Unknown) {
        return unknown::at(world, request, Stop::BackendStore, &|_| Ok(Ending::ok(Maker::Backend)));
    }
    if world.shows(Stop::Agents, Effect::Unknown) {
        return unknown::at(world, request, Stop::Agents, &|_| Ok(Ending::ok(Maker::Backend)));
    }
    respond(world, request)
}

fn respond(world: &mut World<'_>, request: &Request) -> Step<Ending> {
    if world.has(Stop::Agents, Effect::Hang, request)? {
        let shown = by_backend(world.result(Trait::CutAnswer)?, Reason::Late);
        return Ok(shown.after_a_wait(true).with_stream(Stream::StaysOpen));
    }
    if world.has(Stop::Agents, Effect::OtherContent, request)?
        || world.has(Stop::Backend, Effect::OtherContent, request)?
    {
        return Ok(by_backend(world.result(Trait::OtherContentShows)?, Reason::Unknown));
    }
    if request.kind.is_stream() {
        if world.has(Stop::Backend, Effect::Cut, request)? {
            return Ok(by_backend(world.result(Trait::CutAnswer)?, Reason::Unknown).with_stream(Stream::Ends));
        }
        if world.has(Stop::Backend, Effect::Mute, request)? || world.has(Stop::Agents, Effect::Mute, request)? {
            let shown = by_backend(world.result(Trait::NothingComes)?, Reason::Unknown);
            return Ok(shown.after_a_wait(true).with_stream(Stream::StaysOpen));
        }
        if request.kind.is_event_stream() && world.has(Stop::Backend, Effect::HoldBack, request)? {
            return Ok(by_backend(world.result(Trait::HeldBack)?, Reason::Unknown));
        }
    }
    Ok(Ending::ok(Maker::Backend))
}

/// Reports whether this endpoint needs the store that is down. A backend may have several.
fn uses_the_store(world: &mut World<'_>) -> Step<bool> {
    if world.yes(Trait::StoreServesFew)? { world.yes(Trait::FewTouched) } else { world.yes(Trait::UsesStore) }
}

pub(super) fn store_down(world: &mut World<'_>, request: &Request) -> Step<Result> {
    shown(world, request, Trait::StoreDown, Trait::StoreDownOnSocket)
}

/// Returns the form of a failure. Many backends show it on a stream or a socket as they show it elsewhere.
fn shown(world: &mut World<'_>, request: &Request, plain: Trait, on_socket: Trait) -> Step<Result> {
    let own = match request.kind {
        kind if kind.is_upgrade() => world.ask(on_socket)?,
        kind if kind.is_event_stream() => world.ask(Trait::FailsOnStream)?,
        _ => return world.result(plain),
    };
    if let Value::Result(own) = own {
        return Ok(own);
    }
    world.result(plain)
}

/// How a call to the auth service that failed shows to the client.
pub(super) fn auth_call_failed(world: &mut World<'_>, request: &Request, answer: Answer) -> Step<Ending> {
    let (plain, on_socket, reason) = match answer {
        Answer::CallerRefused(reason) => (Trait::CallRefused, Trait::CallRefusedOnSocket, reason),
        Answer::Late => (Trait::AuthCallFails, Trait::AuthCallFailsOnSocket, Reason::AuthLate),
        Answer::NoRoute => (Trait::AuthCallFails, Trait::AuthCallFailsOnSocket, Reason::AuthNoRoute),
        Answer::Open => (Trait::AuthCallFails, Trait::AuthCallFailsOnSocket, Reason::AuthOpen),
        Answer::Unreached => (Trait::AuthCallFails, Trait::AuthCallFailsOnSocket, Reason::AuthUnreached),
        _ => (Trait::AuthCallFails, Trait::AuthCallFailsOnSocket, Reason::AuthFailed),
    };
    let ending = by_backend(shown(world, request, plain, on_socket)?, reason);
    if answer != Answer::Late {
        return Ok(ending);
    }
    let wait = if world.yes(Trait::Remembers)? { Wait::First } else { Wait::Each };
    Ok(Ending { wait, ..ending })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use rstest::rstest;

    use super::super::super::topology::{Declared, Topology};
    use super::super::super::world::Unset;
    use super::super::walk;
    use super::*;
    use crate::path::effect::Patch;
    use crate::terms::{Algorithm, TokenKind, Validation};

    /// Adds every way in which the request can end.
    fn endings(world: &mut World<'_>, request: &Request, all: &mut Vec<Ending>) {
        match walk(world, request) {
            Ok(ending) => all.push(ending),
            Err(Unset(of)) => {
                let Ok(()) = world.with_each_value(of, |world, _| {
                    endings(world, request, all);
                    Ok::<(), Infallible>(())
                });
            }
        }
    }

    fn can_fail(request: &Request, at: Stop, patch: Patch) -> bool {
        let topology = Topology::of(&Declared {
            validation: Validation::SharedKey,
            algorithm: Algorithm::Hs256,
            has_key_set: false,
            has_auth_service: true,
            startup_check: None,
            endpoints: vec![None],
        });
        let mut all = Vec::new();
        endings(&mut World::new(&topology, vec![(at, patch)]), request, &mut all);
        all.iter().any(|ending| !ending.worked())
    }

    #[rstest]
    #[case::of_a_parameter(true, false, true)]
    #[case::without_one(false, false, false)]
    #[case::around_the_edge(true, true, false)]
    fn a_lost_query_matters_where_there_is_one(
        #[case] has_query: bool,
        #[case] past_edge: bool,
        #[case] matters: bool,
    ) {
        let request = Request { has_query, past_edge, ..Request::to_a_protected_endpoint(TokenKind::Valid) };
        let drops = Patch { at: None, effect: Effect::DropQuery, reach: Reach::All, of: None, only: None };
        assert_eq!(can_fail(&request, Stop::Edge, drops), matters);
    }
}
