//! Which entries of a log belong to the failure: those of the revision that failed, and of the revisions beside it.
//!
//! A log often covers a deploy. What the revision before wrote would look like the failure of some instances.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::evidence::{Evidence, LogEntry};
use crate::terms::{Hop, Service};

/// When a revision served requests, or else wrote lines.
#[derive(Debug, Clone, Copy)]
struct Span {
    /// The first and the last request.
    served: Option<(Timestamp, Timestamp)>,
    /// The first and the last entry of any kind.
    wrote: (Timestamp, Timestamp),
    /// Whether a request was refused or failed.
    failed: bool,
}

/// Returns the evidence without the entries of revisions that served before or after the one that failed.
pub(super) fn present(evidence: &Evidence) -> Evidence {
    let past: Vec<(Service, BTreeSet<String>)> =
        [Service::Backend, Service::Auth].map(|service| (service, past(&spans(evidence, service)))).into();
    let is_past = |entry: &LogEntry| {
        let of = |(service, revisions): &(Service, BTreeSet<String>)| {
            is_of(entry, *service) && entry.revision().is_some_and(|revision| revisions.contains(revision))
        };
        past.iter().any(of)
    };
    let log = evidence.log.iter().filter(|entry| !is_past(entry)).cloned().collect();
    Evidence { log, ..evidence.clone() }
}

fn is_of(entry: &LogEntry, service: Service) -> bool {
    entry.request.as_ref().map_or_else(|| entry.by == Hop::from(service), |request| request.service == service)
}

fn spans(evidence: &Evidence, service: Service) -> BTreeMap<String, Span> {
    let mut spans: BTreeMap<String, Span> = BTreeMap::new();
    for entry in evidence.log.iter().filter(|entry| is_of(entry, service)) {
        let Some(revision) = entry.revision() else { continue };
        let at = entry.at;
        let span = spans.entry(revision.to_owned()).or_insert(Span { served: None, wrote: (at, at), failed: false });
        span.wrote = widened(span.wrote, at);
        if let Some(request) = &entry.request {
            span.served = Some(span.served.map_or((at, at), |served| widened(served, at)));
            span.failed |= matches!(request.status, 401 | 403 | 500..);
        }
    }
    spans
}

fn widened((from, to): (Timestamp, Timestamp), at: Timestamp) -> (Timestamp, Timestamp) {
    (from.min(at), to.max(at))
}

/// Returns the revisions that did not serve at the same time as the one that failed last.
fn past(spans: &BTreeMap<String, Span>) -> BTreeSet<String> {
    let served = |span: &Span| span.served.map(|(_, last)| (span.failed, last));
    let Some(current) = spans.values().filter(|span| span.served.is_some()).max_by_key(|span| served(span)) else {
        return BTreeSet::new();
    };
    let apart = |span: &Span| match (span.served, current.served) {
        (Some((from, to)), Some((first, last))) => to < first || last < from,
        // A newer revision that never served may be why nothing works.
        _ => span.wrote.1 < current.wrote.0,
    };
    spans.iter().filter(|(_, span)| apart(span)).map(|(name, _)| name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::evidence::LoggedRequest;
    use crate::fixtures::log_entry;

    /// Returns an entry of a revision at this second: a request with this status, or a line.
    fn entry((second, revision, status): &(i64, &str, Option<u16>)) -> LogEntry {
        let at = Timestamp::from_second(*second).expect("a second");
        let line = LogEntry { revision: Some((*revision).to_owned()), ..log_entry(at, Hop::Backend, "x") };
        let request = |status| LoggedRequest {
            service: Service::Backend,
            method: "GET".to_owned(),
            path: "/".to_owned(),
            status,
            user_agent: String::new(),
            revision: Some((*revision).to_owned()),
            latency_ms: None,
            platform: true,
        };
        LogEntry { request: status.map(request), ..line }
    }

    const OLD: (i64, &str, Option<u16>) = (1, "old", Some(200));

    #[rstest]
    #[case::a_deploy(&[OLD, (2, "old", Some(200)), (2, "new", None), (3, "new", Some(403))], &["new"])]
    #[case::both_serve(&[OLD, (2, "new", Some(403)), (3, "old", Some(200))], &["new", "old"])]
    #[case::the_new_one_never_serves(&[OLD, (2, "new", None), (3, "old", Some(503))], &["new", "old"])]
    #[case::it_recovered(&[OLD, (2, "new", Some(503)), (3, "newer", Some(200))], &["new"])]
    #[case::nothing_failed(&[OLD, (3, "new", Some(200))], &["new"])]
    #[case::lines_only(&[(1, "old", None), (3, "new", None)], &["new", "old"])]
    fn only_what_served_with_the_failure_stays(#[case] log: &[(i64, &str, Option<u16>)], #[case] stays: &[&str]) {
        let evidence = Evidence { log: log.iter().map(entry).collect(), ..Evidence::default() };
        let left: BTreeSet<String> =
            present(&evidence).log.iter().filter_map(LogEntry::revision).map(str::to_owned).collect();
        assert_eq!(left.iter().map(String::as_str).collect::<Vec<_>>(), stays);
    }
}
