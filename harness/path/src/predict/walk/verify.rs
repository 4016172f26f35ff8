//! How the backend verifies a token. The order is that of every library: present, parses, key, time, claims, user.

use super::super::ending::{Ending, Maker, Reason, Result};
use super::super::request::{Claims, Credential, Key, Request, Time};
use super::super::traits::{Choice, Trait};
use super::super::world::{Step, World};
use super::auth::{self, Answer};
use super::backend::{auth_call_failed, store_down};
use crate::path::effect::{Config, Effect};
use crate::path::stop::Stop;
use crate::terms::Role;

/// Returns how the backend refuses the credential. `None`: it accepts it.
pub(super) fn refusal(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Option<Ending>> {
    if !credential.present {
        return denied(world, request, Reason::Missing);
    }
    let how = way(world, request)?;
    match how {
        Choice::Edge => return Ok(None),
        Choice::Session => return in_sessions(world, request, credential),
        _ => {}
    }
    if how == Choice::Introspection && !credential.parses && world.yes(Trait::ChecksFormat)? {
        return denied(world, request, Reason::Malformed);
    }
    if how != Choice::Introspection {
        if !credential.parses {
            return denied(world, request, Reason::Malformed);
        }
        if how == Choice::Jwks
            && let Some(failed) = fetch_keys(world, request)?
        {
            return Ok(Some(failed));
        }
        if let Some(reason) = locally(world, request, credential, how)? {
            return by_own_check(world, request, reason);
        }
    }
    if matches!(how, Choice::Introspection | Choice::LocalThenIntrospection) {
        return by_asking(world, request, credential);
    }
    look_up(world, request, credential)
}

/// Returns how the token of this request is verified.
fn way(world: &mut World<'_>, request: &Request) -> Step<Choice> {
    if let Some(own) = world.topology.declared_way(request.endpoint) {
        return if world.yes(Trait::VerifiesAsDeclared)? { Ok(own) } else { world.choice(Trait::Verify) };
    }
    // Streams and sockets often have a way of their own. To ask for each endpoint takes too long.
    if !request.kind.is_stream() {
        return world.choice(Trait::Verify);
    }
    match world.choice(Trait::VerifiesHere)? {
        Choice::AsElsewhere => world.choice(Trait::Verify),
        // One key or a set of keys: the whole system has the same kind.
        Choice::SharedKey => Ok(world.topology.local_way()),
        own => Ok(own),
    }
}

/// Returns how the edge refuses the credential, where the edge verifies it.
pub(super) fn at_the_edge(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Option<Ending>> {
    let is_free = request.is_health() || request.is_login();
    if is_free || !world.topology.edge_may_verify() || way(world, request)? != Choice::Edge {
        return Ok(None);
    }
    let denied = |reason| Ok(Some(Ending::new(Maker::Edge, Result::Denied, reason)));
    if !credential.present {
        return denied(Reason::Missing);
    }
    let asks = world.yes(Trait::EdgeAsksAuth)?;
    let answer = if asks { auth::asked(world, request, Some(credential))? } else { keys_of_auth(world, request)? };
    let failed = match answer {
        Answer::Yes if asks => return Ok(None),
        Answer::Yes => return by_keys(world, credential).map_or(Ok(None), denied),
        Answer::No => return denied(Reason::Inactive),
        Answer::Late => Reason::AuthLate,
        Answer::Unreached => Reason::AuthUnreached,
        Answer::CallerRefused(_) | Answer::Failed | Answer::NoRoute | Answer::Open => Reason::AuthFailed,
    };
    Ok(Some(Ending::new(Maker::Edge, world.result(Trait::AuthorizerFailed)?, failed)))
}

/// Returns how an edge that checks tokens before the backend refuses the credential.
pub(super) fn before_the_backend(
    world: &mut World<'_>,
    request: &Request,
    credential: Credential,
) -> Step<Option<Ending>> {
    if request.is_health() || request.is_login() || !world.topology.edge_checks_too() {
        return Ok(None);
    }
    let is_gone = [Effect::DoesNotStart, Effect::Hang].iter().any(|effect| world.shows(Stop::Auth, *effect));
    if credential.present && is_gone {
        let failed = world.result(Trait::AuthorizerFailed)?;
        return Ok(Some(Ending::new(Maker::Edge, failed, Reason::AuthFailed)));
    }
    let refused = if credential.present { by_keys(world, credential) } else { Some(Reason::Missing) };
    Ok(refused.map(|reason| Ending::new(Maker::Edge, Result::Denied, reason)))
}

/// Returns why the edge refuses a credential whose claims are not those that it expects, or whose key is newer than its keys.
pub(super) fn expected_by_the_edge(
    world: &mut World<'_>,
    request: &Request,
    credential: Credential,
) -> Step<Option<Reason>> {
    let is_stale = world.shows(Stop::Edge, Effect::StaleKeys);
    let is_free = request.is_health() || request.is_login();
    if is_free || !(is_stale || world.has(Stop::Edge, Effect::OtherClaim, request)?) {
        return Ok(None);
    }
    if !credential.present {
        return Ok(world.yes(Trait::EdgeWantsToken)?.then_some(Reason::Missing));
    }
    if is_stale {
        return Ok(by_keys(world, credential));
    }
    if is_ours(request) && world.yes(Trait::OursSatisfyIt)? {
        return Ok(None);
    }
    Ok(match by_keys(world, credential) {
        Some(Reason::Key) if world.yes(Trait::ContentBeforeKey)? => Some(Reason::Claims),
        other => other.or(Some(Reason::Claims)),
    })
}

/// Returns why an edge that can verify no token says that it refuses this one.
pub(super) fn judged(world: &mut World<'_>, credential: Credential) -> Step<Reason> {
    Ok(match credential.time {
        _ if !credential.present => Reason::Missing,
        _ if !credential.parses => Reason::Malformed,
        Time::Past if world.yes(Trait::ContentBeforeKey)? => Reason::Expired,
        _ => Reason::Key,
    })
}

/// Returns whether the edge has the keys of the auth service.
fn keys_of_auth(world: &mut World<'_>, request: &Request) -> Step<Answer> {
    if world.shows(Stop::Auth, Effect::NoKeys) || world.shows(Stop::AuthCall, Effect::NoKeys) {
        return Ok(Answer::Failed);
    }
    let answer = auth::asked(world, request, None)?;
    let has_them = matches!(answer, Answer::Yes | Answer::No) || !world.yes(Trait::LazyKeys)?;
    Ok(if has_them { Answer::Yes } else { answer })
}

/// Returns why the edge refuses the credential by the keys that it fetched.
fn by_keys(world: &World<'_>, credential: Credential) -> Option<Reason> {
    let is_stale = [Stop::Auth, Stop::Edge].iter().any(|stop| world.shows(*stop, Effect::StaleKeys));
    let published = if is_stale { Key::Published } else { world.key_of_auth() };
    match credential.time {
        _ if !credential.parses => Some(Reason::Malformed),
        _ if credential.key != published => Some(Reason::Key),
        Time::Past => Some(Reason::Expired),
        Time::Future | Time::AheadOfIssuer => Some(Reason::Early),
        Time::Now => (credential.claims != Claims::Agreed).then_some(Reason::Claims),
    }
}

/// Looks the token up among the sessions of the backend: any other token is unknown there.
fn in_sessions(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Option<Ending>> {
    if world.shows(Stop::BackendStore, Effect::NoListener) {
        return Ok(Some(Ending::new(Maker::Backend, store_down(world, request)?, Reason::Store)));
    }
    let is_ours = matches!(credential.key, Key::Shared | Key::Auth) && credential.time == Time::Now;
    let is_known = credential.parses && is_ours && credential.user_exists && !credential.revoked;
    if is_known { Ok(None) } else { denied(world, request, Reason::Inactive) }
}

fn denied(world: &mut World<'_>, request: &Request, reason: Reason) -> Step<Option<Ending>> {
    let form = if request.is_socket() { Result::Denied } else { world.result(Trait::RefusalForm)? };
    // A refusal in another form has the words of that form.
    let reason = match form {
        Result::NotFound => Reason::Route,
        Result::WrongService => Reason::SignIn,
        _ => reason,
    };
    Ok(Some(Ending::new(Maker::Backend, form, reason)))
}

/// Refuses a token by the backend's own check. Some code fails where the key set holds no key for the token.
fn by_own_check(world: &mut World<'_>, request: &Request, reason: Reason) -> Step<Option<Ending>> {
    let has_other_keys = world.is_changed(Stop::Auth) || world.shows(Stop::Backend, Effect::StaleKeys);
    if reason != Reason::Key || !has_other_keys {
        return denied(world, request, reason);
    }
    match world.result(Trait::UnknownKeyShows)? {
        Result::Denied => denied(world, request, reason),
        shown => Ok(Some(Ending::new(Maker::Backend, shown, reason))),
    }
}

/// Returns how a key set that cannot be fetched shows.
fn fetch_keys(world: &mut World<'_>, request: &Request) -> Step<Option<Ending>> {
    if world.shows(Stop::Auth, Effect::NoKeys) {
        return auth_call_failed(world, request, Answer::Failed).map(Some);
    }
    if world.shows(Stop::AuthCall, Effect::NoKeys) {
        let answers = world.yes(Trait::WrongAddressAnswers)?;
        // Keys are often fetched from another network, whose firewall drops packets.
        let is_late = !answers && world.yes(Trait::CallerWaits)?;
        let answer = if is_late { Answer::Late } else { auth::without_keys(world, answers) };
        return auth_call_failed(world, request, answer).map(Some);
    }
    let answer = auth::asked(world, request, None)?;
    if matches!(answer, Answer::Yes | Answer::No) || !world.yes(Trait::LazyKeys)? {
        return Ok(None);
    }
    auth_call_failed(world, request, answer).map(Some)
}

/// Returns why the backend refuses the credential by itself.
fn locally(world: &mut World<'_>, request: &Request, credential: Credential, how: Choice) -> Step<Option<Reason>> {
    let how = if how == Choice::LocalThenIntrospection { world.topology.local_way() } else { how };
    let is_foreign = credential.key != key_of_backend(world, request, how)?;
    let foreign = is_foreign.then_some(if how == Choice::Jwks { Reason::Key } else { Reason::Signature });
    let differs = || {
        credential.time != Time::Now
            || credential.claims != Claims::Agreed
            || [Effect::OtherClaim, Effect::ClockOffset].iter().any(|effect| world.shows(Stop::Backend, *effect))
    };
    if is_foreign && !(differs() && world.yes(Trait::ContentBeforeKey)?) {
        return Ok(foreign);
    }
    // What looks at the content before the signature looks at the claims first.
    let checks = if is_foreign { [by_claims, by_time] } else { [by_time, by_claims] };
    for check in checks {
        if let Some(reason) = check(world, request, credential)? {
            return Ok(Some(reason));
        }
    }
    Ok(foreign)
}

fn by_time(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Option<Reason>> {
    if world.has(Stop::Backend, Effect::ClockOffset, request)?
        && (is_ours(request) || !world.yes(Trait::IssuedOutliveIt)?)
    {
        // The clock of the backend may be ahead or behind: both refuse fresh tokens.
        return Ok(Some(Reason::Early));
    }
    Ok(match credential.time {
        Time::Past if !world.yes(Trait::ServesNonetheless)? => Some(Reason::Expired),
        Time::Future if !world.yes(Trait::ServesNonetheless)? => Some(Reason::Early),
        Time::AheadOfIssuer if world.yes(Trait::ChecksIssuedAt)? => Some(Reason::Early),
        _ => None,
    })
}

fn by_claims(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Option<Reason>> {
    let expects_another = world.has(Stop::Backend, Effect::OtherClaim, request)?
        && !(is_ours(request) && world.yes(Trait::OursSatisfyIt)?);
    let differs = expects_another
        || match credential.claims {
            Claims::Agreed => false,
            Claims::Client => !world.yes(Trait::MissesTheClaim)?,
            Claims::Auth | Claims::Wrong => true,
        };
    Ok(differs.then_some(Reason::Claims))
}

/// Reports whether we minted the token ourselves.
const fn is_ours(request: &Request) -> bool {
    !request.token.is_minted_by_auth_service()
}

fn key_of_backend(world: &mut World<'_>, request: &Request, how: Choice) -> Step<Key> {
    if how != Choice::Jwks {
        let other =
            world.has(Stop::Backend, Effect::OtherKey, request)? || world.lacks(Stop::Backend, Config::SigningKey);
        return Ok(if other { Key::Backend } else { Key::Shared });
    }
    let stale = world.shows(Stop::Auth, Effect::StaleKeys) || world.shows(Stop::Backend, Effect::StaleKeys);
    if stale || world.shows(Stop::AuthCall, Effect::Misroute) {
        return Ok(Key::Published);
    }
    if world.shows(Stop::Auth, Effect::OtherKey) && world.yes(Trait::KeysAreCached)? {
        return Ok(Key::Shared);
    }
    Ok(world.key_of_auth())
}

/// Asks the auth service about the token.
fn by_asking(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Option<Ending>> {
    match auth::asked(world, request, Some(credential))? {
        Answer::Yes => in_the_answer(world, request, credential),
        Answer::No => denied(world, request, Reason::Inactive),
        other => auth_call_failed(world, request, other).map(Some),
    }
}

/// Judges the claims and times that the auth service confirms.
fn in_the_answer(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Option<Ending>> {
    let ours = is_ours(request);
    let (reason, may_be_spared, spares) = if world.shows(Stop::Backend, Effect::OtherClaim) {
        (Reason::Claims, ours, Trait::OursSatisfyIt)
    } else if credential.claims == Claims::Auth {
        (Reason::Claims, false, Trait::OursSatisfyIt)
    } else if world.shows(Stop::Backend, Effect::ClockOffset) {
        (Reason::Early, !ours, Trait::IssuedOutliveIt)
    } else {
        return Ok(None);
    };
    if way(world, request)? != Choice::Introspection || !world.yes(Trait::JudgesAnswers)? {
        return Ok(None);
    }
    if may_be_spared && world.yes(spares)? { Ok(None) } else { denied(world, request, reason) }
}

/// Asks the auth service for more than the token: a profile, a permission. Only a fault on that way shows.
pub(super) fn asks_for_more(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Option<Ending>> {
    let is_touched = !credential.user_exists
        || credential.revoked
        || [Stop::AuthCall, Stop::Auth, Stop::AuthStore].iter().any(|stop| world.is_changed(*stop))
        || [Config::AuthAddress, Config::CallerSecret, Config::CallerId]
            .iter()
            .any(|of| world.lacks(Stop::Backend, *of));
    let asks = || matches!(request.role, Role::Protected | Role::Optional);
    if !is_touched || !asks() || matches!(way(world, request)?, Choice::Introspection | Choice::LocalThenIntrospection)
    {
        return Ok(None);
    }
    if !world.yes(Trait::MayAskForMore)? || !world.yes(Trait::AsksForMore)? {
        return Ok(None);
    }
    match auth::asked(world, request, Some(credential))? {
        Answer::Yes => Ok(None),
        Answer::No => Ok(Some(Ending::new(Maker::Backend, Result::Denied, Reason::User))),
        other => {
            let failed = auth_call_failed(world, request, other)?;
            let closed = failed.result == Result::Denied && world.yes(Trait::FailsClosed)?;
            Ok(Some(if closed { Ending { reason: Reason::Permission, ..failed } } else { failed }))
        }
    }
}

fn look_up(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Option<Ending>> {
    let store = world.shows(Stop::BackendStore, Effect::NoListener);
    if (!store && credential.user_exists) || !world.yes(Trait::UserLookup)? {
        return Ok(None);
    }
    if store {
        return Ok(Some(Ending::new(Maker::Backend, store_down(world, request)?, Reason::Store)));
    }
    denied(world, request, Reason::User)
}
