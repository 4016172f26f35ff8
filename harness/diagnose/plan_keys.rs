//! Every probe that a diagnosis may ask for, with the doors that are open. Sits in `diagnose`.

use super::case::Case;
use crate::config::{Surface, Target};
use crate::probe::ProbeKey;
use crate::terms::{Caller, Carrier, Door, Role, Service, SurfaceKind, TokenKind};

/// All of them, the cheap and telling ones first.
pub(super) fn possible(case: &Case<'_>) -> Vec<ProbeKey> {
    let (target, user) = (case.target, case.user());
    let mut keys: Vec<ProbeKey> = Vec::new();
    keys.extend(health(target, user));
    for surface in suspects(case) {
        keys.extend(on_surface(surface, target, user));
    }
    // The socket before plain HTTP: it takes another way through most edges.
    let mut past: Vec<&Surface> = suspects(case);
    past.get_mut(1..).into_iter().for_each(|others| others.sort_by_key(|one| one.kind != SurfaceKind::Websocket));
    for surface in past {
        keys.extend(past_the_edge(surface, target, user));
    }
    if target.opens(Door::Auth) {
        keys.extend(
            target
                .surfaces
                .values()
                .filter(|one| one.role == Role::Oracle)
                .flat_map(|one| at_oracle(one, target, user)),
        );
    }
    keys
}

fn key(surface: &Surface, token: TokenKind, carrier: Carrier, caller: Caller, user: &str) -> ProbeKey {
    ProbeKey { surface: surface.id.clone(), token, carrier, caller, user: user.to_owned() }
}

fn health(target: &Target, user: &str) -> Vec<ProbeKey> {
    let open = target.surfaces.values().filter(|one| one.role == Role::Health);
    let open = open.filter(|one| one.service == Service::Backend || target.opens(Door::Auth));
    open.map(|one| key(one, TokenKind::None, Carrier::Header, Caller::None, user)).collect()
}

/// The protected surfaces worth asking: the one that failed first, one over plain HTTP, one over a WebSocket.
fn suspects<'a>(case: &Case<'a>) -> Vec<&'a Surface> {
    let protected = || case.target.surfaces.values().filter(|one| one.role == Role::Protected);
    let failed = protected().find(|one| case.first_failing_surface() == Some(one.id.as_str()));
    let http = protected().find(|one| one.kind == SurfaceKind::Http && one.method == "GET");
    let http = http.or_else(|| protected().find(|one| one.kind != SurfaceKind::Websocket));
    let websocket = protected().find(|one| one.kind == SurfaceKind::Websocket);
    let mut suspects: Vec<&Surface> = Vec::new();
    for one in failed.into_iter().chain(http).chain(websocket) {
        if !suspects.iter().any(|known| known.id == one.id) {
            suspects.push(one);
        }
    }
    suspects
}

fn on_surface(surface: &Surface, target: &Target, user: &str) -> Vec<ProbeKey> {
    let usual = surface.usual_carrier();
    let one = |token, carrier, user: &str| key(surface, token, carrier, Caller::None, user);
    let mut keys: Vec<ProbeKey> =
        surface.carriers.iter().map(|carrier| one(TokenKind::Valid, *carrier, user)).collect();
    keys.extend([TokenKind::WrongKey, TokenKind::None].map(|token| one(token, usual, user)));
    if has_issuer(target) {
        keys.push(one(TokenKind::Issued, usual, user));
    }
    let other = target.users.iter().find(|other| other.name != user);
    keys.extend(other.map(|other| one(TokenKind::Valid, usual, &other.name)));
    keys
}

/// What is asked of the same surface past the edge, where that door is open: as in front of it, but for wrong tokens.
fn past_the_edge(surface: &Surface, target: &Target, user: &str) -> Vec<ProbeKey> {
    let here =
        target.surfaces.values().filter(|one| one.past_edge && one.path == surface.path && one.kind == surface.kind);
    let here = here.filter(|one| one.method == surface.method && target.opens(Door::Direct));
    let ask = |one: &Surface| {
        let asked = on_surface(one, target, user).into_iter().filter(|key| key.carrier == one.usual_carrier());
        asked.filter(|key| key.token != TokenKind::WrongKey).collect::<Vec<_>>()
    };
    here.flat_map(ask).collect()
}

/// Whether anybody is let in past the edge at all. Asked before anything else is asked there.
pub(super) fn direct_health(target: &Target, user: &str) -> Option<ProbeKey> {
    let surface = target.surfaces.values().find(|one| one.past_edge && one.carriers.is_empty())?;
    target.opens(Door::Direct).then(|| key(surface, TokenKind::None, Carrier::Header, Caller::None, user))
}

fn at_oracle(surface: &Surface, target: &Target, user: &str) -> Vec<ProbeKey> {
    let usual = surface.usual_carrier();
    let callers: &[Caller] = match (surface.takes_caller, target.opens(Door::ServiceCredentials)) {
        (false, _) => &[Caller::None],
        (true, false) => &[Caller::None, Caller::WrongSecret],
        (true, true) => &[Caller::Right, Caller::None, Caller::WrongSecret, Caller::WrongId],
    };
    let mut keys: Vec<_> = callers.iter().map(|caller| key(surface, TokenKind::Valid, usual, *caller, user)).collect();
    if has_issuer(target) {
        keys.push(key(surface, TokenKind::Issued, usual, callers[0], user));
    }
    keys
}

fn has_issuer(target: &Target) -> bool {
    target.opens(Door::Auth) && target.surfaces.values().any(|one| one.role == Role::Issuer)
}
