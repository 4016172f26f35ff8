//! One probe with the headers by which tests call themselves: systems have switched authentication off for those. The last probe of a run;
//! nothing is diagnosed from it. Sits in `run`.

use crate::config::{Surface, Target};
use crate::diagnose::{Finding, opened_by_test_headers};
use crate::observe::{Observation, Outcome, observe};
use crate::probe::{ProbeKey, ProbeRequest, Session};
use crate::report::ProbeReport;
use crate::run::context::record::Record;
use crate::terms::{Caller, Role, SurfaceKind, TokenKind};

/// Sends it where it can mean something, and says what was found.
pub(crate) async fn finding(session: &Session, target: &Target, record: &mut Record) -> Option<Finding> {
    let surface = closed_surface(target, &record.observations)?;
    let user = target.users.first()?.name.clone();
    let (carrier, caller) = (surface.usual_carrier(), Caller::None);
    // Contract 0.12: a token must be there, what it is was not looked at.
    let key = ProbeKey { surface: surface.id.clone(), token: TokenKind::Malformed, carrier, caller, user };
    let request = ProbeRequest { test_headers: true, ..ProbeRequest::new(key) };
    let exchange = session.send(&request).await.ok()?;
    let observation = observe(&exchange, surface, "");
    record.probes.push(ProbeReport { observation: observation.clone(), exchange });
    opened_by_test_headers(target, &observation?)
}

/// A protected surface that lets the right ones in and, as far as was seen, nobody else; sockets first, since there it was met. None on
/// production.
fn closed_surface<'t>(target: &'t Target, seen: &[Observation]) -> Option<&'t Surface> {
    if target.production || !target.probes.test_headers {
        return None;
    }
    let got = |surface: &Surface, good: bool, end: Outcome| {
        let of = |one: &&Observation| one.probe.surface == surface.id && one.probe.token.should_be_accepted() == good;
        seen.iter().filter(of).any(|one| one.result == end)
    };
    let closed = |surface: &&Surface| {
        surface.role == Role::Protected
            && got(surface, true, Outcome::Ok)
            && got(surface, false, Outcome::Denied)
            && !got(surface, false, Outcome::Ok)
    };
    let mut closed: Vec<&Surface> = target.surfaces.values().filter(closed).collect();
    closed.sort_by_key(|surface| surface.kind != SurfaceKind::Websocket);
    closed.first().copied()
}
