//! The revision that the responses of the service name, in a header or in JSON.

use serde_json::Value;

use super::{Count, Seen, counted};
use crate::config::Endpoint;
use crate::probe::Exchange;
use crate::report::{RevisionEvidence, RevisionProof};
use crate::terms::{Role, Service};

/// Returns what the header shows and what the place in JSON shows, if the target names them.
pub(super) fn proofs(service: Service, revision: &str, seen: &Seen<'_>) -> Vec<RevisionProof> {
    let version = &seen.target.version;
    let header = version.header.as_ref().and_then(|name| {
        let values: Vec<&str> = answers(service, seen).filter_map(|(_, exchange)| exchange.header(name)).collect();
        proof(&format!("the header {name}"), revision, &values)
    });
    let json = version.json.as_ref().and_then(|path| {
        let healths = answers(service, seen).filter(|(endpoint, _)| endpoint.role == Role::Health);
        let bodies: Vec<Value> =
            healths.filter_map(|(_, exchange)| serde_json::from_str(&exchange.body.text).ok()).collect();
        let values: Vec<&str> = bodies.iter().filter_map(|body| path.query(body).first()?.as_str()).collect();
        proof(&format!("the JSON at {path}"), revision, &values)
    });
    header.into_iter().chain(json).collect()
}

/// Returns the exchanges with the service.
fn answers<'a>(service: Service, seen: &'a Seen<'_>) -> impl Iterator<Item = (&'a Endpoint, &'a Exchange)> {
    let of = move |exchange: &'a Exchange| Some((seen.target.endpoints.get(&exchange.probe.endpoint)?, exchange));
    let all = seen.probes.iter().filter_map(move |probe| of(&probe.exchange));
    all.filter(move |(endpoint, _)| endpoint.service == service)
}

fn proof(place: &str, revision: &str, values: &[&str]) -> Option<RevisionProof> {
    let values = values.iter().map(|value| value.trim()).filter(|value| !value.is_empty());
    let count = Count::of(values, |value| is_named(value, revision));
    let of = counted(count.total(), "response");
    let others = format!("{place} names {} in {} of {of}", count.names(), count.others);
    count.proof(RevisionEvidence::Version, format!("{place} ({of})"), others)
}

/// Reports whether a value is the name of a revision, or the end of that name after a `-`.
fn is_named(value: &str, revision: &str) -> bool {
    value == revision || revision.strip_suffix(value).is_some_and(|start| start.ends_with('-'))
}
