//! Probes that name a foreign page as their origin: the negative control of a target whose clients are browsers.
//!
//! They are among the last probes of a run. No cause is diagnosed from them.

use crate::config::{Endpoint, Target};
use crate::diagnose::{Finding, trusts_a_foreign_page};
use crate::observe::{Observation, Outcome, observe};
use crate::probe::{ProbeKey, ProbeRequest, Session};
use crate::report::ProbeReport;
use crate::run::context::record::Record;
use crate::terms::{Caller, TokenKind};

/// Sends at most one call and one upgrade, and returns what they show.
pub(crate) async fn findings(session: &Session, target: &Target, record: &mut Record) -> Vec<Finding> {
    let mut found = Vec::new();
    for endpoint in endpoints(target, &record.observations) {
        let Some(user) = target.users.first().map(|user| user.name.clone()) else { continue };
        let (token_location, caller) = (endpoint.usual_token_location(), Caller::None);
        let key = ProbeKey { endpoint: endpoint.id.clone(), token: TokenKind::Valid, token_location, caller, user };
        let request = ProbeRequest { foreign_page: true, ..ProbeRequest::new(key) };
        let Ok(exchange) = session.send(&request).await else { continue };
        found.extend(trusts_a_foreign_page(target, &exchange));
        record.probes.push(ProbeReport { observation: observe(&exchange, endpoint, ""), exchange });
    }
    found
}

/// Returns an endpoint that is only read, and a socket, if the page could call them in this run.
fn endpoints<'t>(target: &'t Target, seen: &[Observation]) -> impl Iterator<Item = &'t Endpoint> {
    let worked = |endpoint: &&Endpoint| {
        let of = |one: &&Observation| one.probe.endpoint == endpoint.id && one.probe.token == TokenKind::Valid;
        seen.iter().filter(of).any(|one| matches!(one.result, Outcome::Ok | Outcome::Blocked))
    };
    let all = || target.endpoints.values().filter(|endpoint| target.page(endpoint).is_some());
    let read = all().filter(|endpoint| !endpoint.kind.is_stream() && endpoint.method == "GET").find(worked);
    let socket = all().filter(|endpoint| endpoint.kind.is_upgrade()).find(worked);
    read.into_iter().chain(socket)
}
