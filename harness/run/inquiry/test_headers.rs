//! One probe with the headers by which tests identify themselves, because some systems skip authentication for them.
//!
//! It is the last probe of a run. No cause is diagnosed from it.

use crate::config::{Endpoint, Target};
use crate::diagnose::{Finding, opened_by_test_headers};
use crate::observe::{Observation, Outcome, observe};
use crate::probe::{ProbeKey, ProbeRequest, Session};
use crate::report::ProbeReport;
use crate::run::context::record::Record;
use crate::terms::{Caller, Role, TokenKind};

/// Sends the probe if its response can show something, and returns the finding.
pub(crate) async fn finding(session: &Session, target: &Target, record: &mut Record) -> Option<Finding> {
    let endpoint = closed_endpoint(target, &record.observations)?;
    let user = target.users.first()?.name.clone();
    let (token_location, caller) = (endpoint.usual_token_location(), Caller::None);
    // Systems with such a bypass require a token, but do not examine it.
    let key = ProbeKey { endpoint: endpoint.id.clone(), token: TokenKind::Malformed, token_location, caller, user };
    let request = ProbeRequest { test_headers: true, ..ProbeRequest::new(key) };
    let exchange = session.send(&request).await.ok()?;
    let observation = observe(&exchange, endpoint, "");
    record.probes.push(ProbeReport { observation: observation.clone(), exchange });
    opened_by_test_headers(target, &observation?)
}

/// Returns a protected endpoint that accepted good tokens and refused bad ones in this run. Endpoints with an upgrade
/// come first, since real bypasses were found there. Returns `None` on production.
fn closed_endpoint<'t>(target: &'t Target, seen: &[Observation]) -> Option<&'t Endpoint> {
    if target.production || !target.probes.test_headers {
        return None;
    }
    let got = |endpoint: &Endpoint, good: bool, end: Outcome| {
        let of = |one: &&Observation| one.probe.endpoint == endpoint.id && one.probe.token.should_be_accepted() == good;
        seen.iter().filter(of).any(|one| one.result == end)
    };
    let closed = |endpoint: &&Endpoint| {
        endpoint.role == Role::Protected
            && got(endpoint, true, Outcome::Ok)
            && got(endpoint, false, Outcome::Denied)
            && !got(endpoint, false, Outcome::Ok)
    };
    let mut closed: Vec<&Endpoint> = target.endpoints.values().filter(closed).collect();
    closed.sort_by_key(|endpoint| !endpoint.kind.is_upgrade());
    closed.first().copied()
}
