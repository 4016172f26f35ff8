//! A browser that keeps a response from the page of the script that made the call.

use super::super::ending::{Ending, Maker, Reason, Result};
use super::super::request::Request;
use super::super::traits::Trait;
use super::super::world::{Step, World};
use crate::path::effect::Effect;
use crate::path::stop::Stop;
use crate::terms::{Service, TokenLocation};

/// Returns the ending as the page sees it. Calls around the edge are made for no page.
pub(super) fn seen_by_the_page(world: &mut World<'_>, request: &Request, ending: Ending) -> Step<Ending> {
    if request.past_edge || !ending.worked() {
        return Ok(ending);
    }
    let own = match request.to {
        Service::Backend => [(Stop::Edge, Maker::Edge), (Stop::Backend, Maker::Backend)],
        Service::Auth => [(Stop::Auth, Maker::Auth); 2],
    };
    for (stop, maker) in own {
        if is_kept_back(world, request, stop)? {
            return Ok(Ending::new(maker, Result::Blocked, Reason::Origin));
        }
    }
    Ok(ending)
}

fn is_kept_back(world: &mut World<'_>, request: &Request, stop: Stop) -> Step<bool> {
    if request.is_socket() {
        let chooses_none = world.has(stop, Effect::ChooseNoSubprotocol, request)?;
        // Only browsers send a token as a subprotocol.
        let is_of_a_page = request.location == TokenLocation::Subprotocol;
        return Ok(chooses_none && (is_of_a_page || world.yes(Trait::PageCallsHere)?));
    }
    Ok(world.has(stop, Effect::BlockPage, request)? && !request.is_health() && world.yes(Trait::PageCallsHere)?)
}
