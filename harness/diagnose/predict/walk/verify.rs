//! How the backend verifies a token. The order is that of every library: present, parses, key, time, claims, user.

use super::super::ending::{Ending, Maker, Reason, Result};
use super::super::request::{Claims, Credential, Key, Request, Time};
use super::super::traits::{Choice, Trait};
use super::super::world::{Step, World};
use super::auth::{self, Answer};
use super::backend::{auth_call_failed, store_down};
use crate::diagnose::model::path::effect::{Config, Effect};
use crate::diagnose::model::path::stop::Stop;

/// Returns how the backend refuses the credential. `None`: it accepts it.
pub(super) fn refusal(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Option<Ending>> {
    if !credential.present {
        return denied(world, request, Reason::Missing);
    }
    let how = world.choice(Trait::Verify)?;
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
            return denied(world, request, reason);
        }
    }
    if matches!(how, Choice::Introspection | Choice::LocalThenIntrospection) {
        return by_asking(world, request, credential);
    }
    look_up(world, request, credential)
}

fn denied(world: &mut World<'_>, request: &Request, reason: Reason) -> Step<Option<Ending>> {
    let form = if request.is_socket() { Result::Denied } else { world.result(Trait::RefusalForm)? };
    Ok(Some(Ending::new(Maker::Backend, form, reason)))
}

/// Returns how a key set that cannot be fetched shows.
fn fetch_keys(world: &mut World<'_>, request: &Request) -> Step<Option<Ending>> {
    if world.ever(Stop::Auth, Effect::NoKeys) || world.ever(Stop::AuthCall, Effect::NoKeys) {
        return auth_call_failed(world, request, Answer::Failed).map(Some);
    }
    let answer = auth::asked(world, request, None)?;
    if matches!(answer, Answer::Yes | Answer::No) || !world.yes(Trait::LazyKeys)? {
        return Ok(None);
    }
    auth_call_failed(world, request, answer).map(Some)
}

/// Returns why the backend refuses the credential by itself.
fn locally(world: &mut World<'_>, request: &Request, credential: Credential, how: Choice) -> Step<Option<Reason>> {
    if credential.key != key_of_backend(world, request, how)? {
        return Ok(Some(if how == Choice::Jwks { Reason::Key } else { Reason::Signature }));
    }
    if world.has(Stop::Backend, Effect::ClockOffset, request)? {
        // The clock of the backend may be ahead or behind: both refuse fresh tokens.
        return Ok(Some(Reason::Early));
    }
    match credential.time {
        Time::Past if !world.yes(Trait::ServesNonetheless)? => return Ok(Some(Reason::Expired)),
        Time::Future if !world.yes(Trait::ServesNonetheless)? => return Ok(Some(Reason::Early)),
        _ => {}
    }
    let expected =
        if world.has(Stop::Backend, Effect::OtherClaim, request)? { Claims::Backend } else { Claims::Agreed };
    Ok((credential.claims != expected).then_some(Reason::Claims))
}

fn key_of_backend(world: &mut World<'_>, request: &Request, how: Choice) -> Step<Key> {
    if world.has(Stop::Backend, Effect::OtherKey, request)? || world.lacks(Stop::Backend, Config::SigningKey) {
        return Ok(Key::Backend);
    }
    if how != Choice::Jwks {
        return Ok(Key::Shared);
    }
    let stale = world.ever(Stop::Auth, Effect::StaleKeys) || world.ever(Stop::Backend, Effect::StaleKeys);
    if stale || world.ever(Stop::AuthCall, Effect::Misroute) {
        return Ok(Key::Published);
    }
    Ok(world.key_of_auth())
}

/// Asks the auth service about the token.
fn by_asking(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Option<Ending>> {
    match auth::asked(world, request, Some(credential))? {
        Answer::Yes => Ok(None),
        Answer::No => denied(world, request, Reason::Inactive),
        other => auth_call_failed(world, request, other).map(Some),
    }
}

fn look_up(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Option<Ending>> {
    let store = world.ever(Stop::BackendStore, Effect::NoListener);
    if (!store && credential.user_exists) || !world.yes(Trait::UserLookup)? {
        return Ok(None);
    }
    if store {
        return Ok(Some(Ending::new(Maker::Backend, store_down(world, request)?, Reason::Store)));
    }
    denied(world, request, Reason::User)
}
