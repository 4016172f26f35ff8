//! Looks up what a request names, and whether it may be called at all. Sits in `probe`, before `session`.

use super::render::Call;
use super::{Caller, CannotProbe, ProbeKey, ProbeRequest};
use crate::target::{Door, Role, Service, Surface, Target};

/// The surface and user of a request, every door it needs open.
pub(super) fn resolve<'a>(target: &'a Target, request: &'a ProbeRequest) -> Result<Call<'a>, CannotProbe> {
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
pub(super) fn issuer(target: &Target, key: &ProbeKey) -> Result<ProbeRequest, CannotProbe> {
    let issuer = target.surfaces.values().find(|surface| surface.role == Role::Issuer).ok_or(CannotProbe::NoIssuer)?;
    let caller =
        if issuer.takes_caller && target.opens(Door::ServiceCredentials) { Caller::Right } else { Caller::None };
    Ok(ProbeRequest::new(ProbeKey {
        surface: issuer.id.clone(),
        token: crate::token::TokenKind::None,
        carrier: issuer.usual_carrier(),
        caller,
        user: key.user.clone(),
    }))
}
