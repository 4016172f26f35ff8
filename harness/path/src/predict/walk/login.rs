//! A login at the backend, which keeps the session and may ask the auth service about the user.

use super::super::ending::{Ending, Maker, Reason, Result};
use super::super::request::Request;
use super::super::traits::Trait;
use super::super::world::{Step, World};
use super::auth::{self, Answer};
use super::backend;
use crate::path::effect::Effect;
use crate::path::stop::Stop;

pub(super) fn at_the_backend(world: &mut World<'_>, request: &Request) -> Step<Ending> {
    if world.has(Stop::Client, Effect::InvalidRequest, request)? {
        return Ok(Ending::new(Maker::Backend, Result::InvalidRequest, Reason::Invalid));
    }
    let answer = if world.yes(Trait::LoginAsksAuth)? {
        auth::asked_to_log_in(world, request)?
    } else {
        auth::knows_the_login(world, request)?
    };
    match answer {
        Answer::Yes => backend::handle(world, request),
        Answer::No => refused(world, Reason::User),
        other => {
            let failed = backend::auth_call_failed(world, request, other)?;
            // Some code takes every answer but a yes for a wrong password.
            let looks_refused = failed.result == Result::Denied;
            if looks_refused { refused(world, failed.reason) } else { Ok(failed) }
        }
    }
}

fn refused(world: &mut World<'_>, reason: Reason) -> Step<Ending> {
    Ok(Ending::new(Maker::Backend, world.result(Trait::LoginRefusalShows)?, reason))
}
