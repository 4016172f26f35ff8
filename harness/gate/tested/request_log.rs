//! The requests of this run in a log, with the revisions that served them.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{Count, Seen, counted};
use crate::evidence::LogEntry;
use crate::report::{ProbeReport, RevisionEvidence, RevisionProof};
use crate::terms::{Hop, Service};

/// The clocks of the log and of this machine may differ by this much.
const CLOCKS: SignedDuration = SignedDuration::from_secs(3);

/// Returns what the log shows of the requests of this run. The entries with a trace id of this run decide. If there are
/// none, those decide that carry the user agent of fivewhys and lie in the time of this run.
pub(super) fn proof(service: Service, revision: &str, seen: &Seen<'_>) -> Option<RevisionProof> {
    let of_service: Vec<&LogEntry> = seen.log.iter().filter(|entry| is_of(service, entry)).collect();
    let traced = traced(&of_service, seen.probes);
    let served = if traced.is_empty() { by_agent(&of_service, seen.probes) } else { traced };
    let count = Count::of(served, |name| name == revision);
    let all = format!("the request log ({})", counted(count.total(), "request"));
    let of = counted(count.total(), "request");
    let others = format!("by the request log, {} served {} of {of}", count.names(), count.others);
    count.proof(RevisionEvidence::RequestLog, all, others)
}

/// Reports whether the service wrote the entry or served its request.
fn is_of(service: Service, entry: &LogEntry) -> bool {
    let hop = match service {
        Service::Backend => Hop::Backend,
        Service::Auth => Hop::Auth,
    };
    entry.request.as_ref().map_or(entry.by == hop, |request| request.service == service)
}

/// Returns the revision of each request with a trace id of this run. One request may leave many lines.
fn traced<'a>(entries: &[&'a LogEntry], probes: &[ProbeReport]) -> Vec<&'a str> {
    let ours: BTreeSet<&str> = probes.iter().map(|probe| probe.exchange.trace_id.as_str()).collect();
    let one = |entry: &&'a LogEntry| Some((entry.trace.as_deref()?, entry.revision()?));
    let served: BTreeSet<(&str, &str)> =
        entries.iter().filter_map(one).filter(|(trace, _)| ours.contains(trace)).collect();
    served.into_iter().map(|(_, revision)| revision).collect()
}

/// Returns the revision of each request that fivewhys sent in the time of this run.
fn by_agent<'a>(entries: &[&'a LogEntry], probes: &[ProbeReport]) -> Vec<&'a str> {
    let Some((from, to)) = span(probes) else { return Vec::new() };
    let is_ours = |entry: &&&LogEntry| {
        let sent = entry.request.as_ref().is_some_and(|request| request.platform && request.is_ours());
        sent && entry.timed && (from..=to).contains(&entry.at)
    };
    entries.iter().filter(is_ours).filter_map(|entry| entry.revision()).collect()
}

/// Returns the time of the run, as the log may have it.
fn span(probes: &[ProbeReport]) -> Option<(Timestamp, Timestamp)> {
    let from = probes.iter().map(|probe| probe.exchange.started_at).min()?;
    let to = probes.iter().map(|probe| probe.exchange.ended_at()).max()?;
    Some((from.saturating_sub(CLOCKS).ok()?, to.saturating_add(CLOCKS).ok()?))
}
