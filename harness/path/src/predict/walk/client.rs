//! What leaves the client, and the network between the client and the system.

use super::super::call_seen::CallsSeen;
use super::super::ending::{Ending, Maker, Reason, Result};
use super::super::request::{Claims, Credential, Key, Request, Time};
use super::super::traits::{Choice, Trait};
use super::super::world::{Step, World};
use super::{backend, browser, edge, own_request, unknown};
use crate::path::effect::Effect;
use crate::path::stop::Stop;
use crate::terms::{Service, TokenKind};

/// What a network fault looks like.
const NETWORK: [(Effect, Maker, Result); 6] = [
    (Effect::NoListener, Maker::Network, Result::Refused),
    (Effect::Reset, Maker::Network, Result::Reset),
    (Effect::Unresolved, Maker::Network, Result::DnsFailed),
    (Effect::Tls, Maker::Network, Result::TlsFailed),
    (Effect::DropPackets, Maker::Network, Result::TimedOut),
    (Effect::OtherContent, Maker::Stranger, Result::WrongService),
];

/// Sends one request through the system. Fails with the first trait that has no value yet.
pub fn walk(world: &mut World<'_>, request: &Request) -> Step<Ending> {
    world.endpoint = request.endpoint;
    world.calls = CallsSeen::QUIET;
    world.why_not = Reason::None;
    let ending = sent(world, request)?;
    Ok(Ending { calls: world.calls, why_not: world.why_not, ..ending })
}

fn sent(world: &mut World<'_>, request: &Request) -> Step<Ending> {
    let credential = credential(world, request)?;
    if world.shows(Stop::Client, Effect::Unknown) {
        return unknown::at(world, request, Stop::Client, &|world| leave(world, request, credential));
    }
    leave(world, request, credential)
}

fn leave(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Ending> {
    if let Some(ending) = on_the_network(world, request)? {
        return Ok(ending);
    }
    if world.shows(Stop::Network, Effect::Unknown) {
        return unknown::at(world, request, Stop::Network, &|world| arrive(world, request, credential));
    }
    arrive(world, request, credential)
}

fn arrive(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Ending> {
    let ending = match request.to {
        Service::Auth => own_request::at_the_door(world, request, credential),
        Service::Backend => edge::at(world, request, credential),
    }?;
    browser::seen_by_the_page(world, request, ending)
}

fn on_the_network(world: &mut World<'_>, request: &Request) -> Step<Option<Ending>> {
    let misrouted = world.shows(Stop::Client, Effect::Misroute);
    let broken = NETWORK.iter().find(|(effect, ..)| world.shows(Stop::Network, *effect)).copied();
    if !misrouted && broken.is_none() {
        return Ok(None);
    }
    // A portal in front of every network answers for every host.
    let is_portal = broken.is_some_and(|(effect, ..)| effect == Effect::OtherContent);
    let address = if is_portal { Choice::Both } else { world.choice(Trait::AddressedHost)? };
    let affected = match request.to {
        Service::Backend => !request.past_edge && address != Choice::Auth,
        Service::Auth => address != Choice::Backend,
    };
    if !affected {
        return Ok(None);
    }
    if misrouted {
        return misroute(world, request).map(Some);
    }
    Ok(broken.map(|(effect, maker, result)| {
        Ending::new(maker, result, Reason::Unknown).after_a_wait(effect == Effect::DropPackets)
    }))
}

/// The answer at a wrong address: of another system, or of the right one, which has no such path.
fn misroute(world: &mut World<'_>, request: &Request) -> Step<Ending> {
    if !world.yes(Trait::WrongPathOfOurs)? {
        return edge::stranger(world);
    }
    if request.is_socket() {
        return backend::no_socket_route(world, request, Reason::Route);
    }
    let maker = if request.to == Service::Auth { Maker::Auth } else { Maker::Backend };
    Ok(Ending::new(maker, Result::NotFound, Reason::Route))
}

/// Returns the credential as it leaves the client.
fn credential(world: &mut World<'_>, request: &Request) -> Step<Credential> {
    let ours = !request.token.is_minted_by_auth_service();
    let key = match request.token {
        TokenKind::WrongKey | TokenKind::AlgNone => Key::Forged,
        _ if !ours && world.shows(Stop::Auth, Effect::SignOtherwise) => Key::Published,
        _ if !ours => world.key_of_auth(),
        _ if world.shows(Stop::Client, Effect::OtherKey) => Key::Client,
        _ => Key::Shared,
    };
    let clock = ours && world.shows(Stop::Client, Effect::ClockOffset);
    let time = match request.token {
        TokenKind::Expired => Time::Past,
        TokenKind::NotYetValid => Time::Future,
        _ if clock => Time::Future,
        _ if !ours && world.shows(Stop::Auth, Effect::ClockOffset) => Time::AheadOfIssuer,
        _ => Time::Now,
    };
    let claims = match request.token {
        TokenKind::WrongIssuer | TokenKind::WrongAudience => Claims::Wrong,
        _ if ours && world.shows(Stop::Client, Effect::OtherClaim) => Claims::Client,
        _ if !ours && world.shows(Stop::Auth, Effect::OtherClaim) => Claims::Auth,
        _ => Claims::Agreed,
    };
    let unknown_user = request.token == TokenKind::UnknownUser
        || (request.same_user
            && world.shows(Stop::Client, Effect::UnknownUser)
            && (ours || !world.yes(Trait::LoginIsRight)?));
    let dropped = world.has(Stop::Client, Effect::DropCredential, request)?;
    Ok(Credential {
        present: request.token.is_sent() && !dropped,
        parses: request.token != TokenKind::Malformed,
        key,
        time,
        claims,
        user_exists: !unknown_user,
        revoked: request.token.is_logged_out(),
    })
}
