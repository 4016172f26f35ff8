//! Looks up what a request names, and whether it may be called at all. Sits in `probe`, before `session`.

use crate::config::{Surface, Target};
use crate::probe::request::render::Call;
use crate::probe::{CannotProbe, ProbeKey, ProbeRequest};
use crate::terms::{Caller, Door, Role, Service, TokenKind};

/// The surface and user of a request, every door it needs open.
pub(crate) fn resolve<'a>(target: &'a Target, request: &'a ProbeRequest) -> Result<Call<'a>, CannotProbe> {
    let ProbeKey { surface, token, carrier, user, .. } = &request.key;
    let surface = target.surfaces.get(surface).ok_or_else(|| CannotProbe::UnknownSurface(surface.clone()))?;
    let user = target.user(user).ok_or_else(|| CannotProbe::UnknownUser(user.clone()))?;
    if let Some(door) = closed_door(target, surface, request.key.caller) {
        return Err(CannotProbe::DoorClosed { surface: surface.id.clone(), door });
    }
    let is_taken = surface.carriers.is_empty() || surface.carriers.contains(carrier);
    if token.is_sent() && !is_taken {
        return Err(CannotProbe::CarrierNotTaken { surface: surface.id.clone(), carrier: *carrier });
    }
    Ok(Call { target, surface, user, request })
}

fn closed_door(target: &Target, surface: &Surface, caller: Caller) -> Option<Door> {
    let speaks_as_service = surface.takes_caller && matches!(caller, Caller::Right | Caller::WrongId);
    let needed = [
        (surface.past_edge, Door::Direct),
        (surface.service == Service::Auth, Door::Auth),
        (speaks_as_service, Door::ServiceCredentials),
    ];
    needed.into_iter().find(|(needs, door)| *needs && !target.opens(*door)).map(|(_, door)| door)
}

/// The request that has the target's first issuer mint a token for the user of `key`.
pub(crate) fn issuer(target: &Target, key: &ProbeKey) -> Result<ProbeRequest, CannotProbe> {
    let issuer = first(target, Role::Issuer).ok_or(CannotProbe::NoIssuer)?;
    Ok(request(target, issuer, TokenKind::None, key))
}

/// The request that logs a token of the user of `key` out.
pub(crate) fn logout(target: &Target, key: &ProbeKey) -> Result<ProbeRequest, CannotProbe> {
    let logout = first(target, Role::Logout).ok_or(CannotProbe::NoLogout)?;
    Ok(request(target, logout, TokenKind::Revoked, key))
}

fn first(target: &Target, role: Role) -> Option<&Surface> {
    target.surfaces.values().find(|surface| surface.role == role)
}

fn request(target: &Target, surface: &Surface, token: TokenKind, key: &ProbeKey) -> ProbeRequest {
    let right = surface.takes_caller && target.opens(Door::ServiceCredentials);
    ProbeRequest::new(ProbeKey {
        surface: surface.id.clone(),
        token,
        carrier: surface.usual_carrier(),
        caller: if right { Caller::Right } else { Caller::None },
        user: key.user.clone(),
    })
}
