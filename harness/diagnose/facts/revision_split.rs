//! Whether failures follow the revision that served the call. The backend's request log shows it by trace id.

use std::collections::{BTreeSet, HashMap};

use crate::config::Target;
use crate::diagnose::model::fact::Fact;
use crate::diagnose::model::probe_class::{Place, ProbeClass};
use crate::diagnose::readings::input::SentProbe;
use crate::diagnose::readings::probe_result::{Reading, Readings};
use crate::evidence::LogEntry;
use crate::observe::{Observation, Outcome};
use crate::terms::Service;

/// The fewest failed calls, and the fewest successful ones.
const ENOUGH: usize = 2;
/// The fewest calls together. With eight calls, chance gives such a result in one of 128 runs if half of them fail.
const TOGETHER: usize = 8;

/// Calls with a valid token, by result, with the revision that served them.
#[derive(Default)]
struct Served<'a> {
    failed: Vec<&'a str>,
    worked: Vec<&'a str>,
}

/// Returns whether one revision served every failed call, and other revisions every successful call.
pub(crate) fn failures(
    observations: &[&Observation],
    log: &[LogEntry],
    sent: &[SentProbe],
    target: &Target,
) -> Option<Fact> {
    let mut served = Served::default();
    let revisions = revisions(log, sent);
    for one in observations.iter().filter(|one| is_good(one, target)) {
        let Some(revision) = revisions.get(&one.exchange).copied() else { continue };
        if one.result == Outcome::Ok { served.worked.push(revision) } else { served.failed.push(revision) }
    }
    let of = |calls: &[&'_ str]| calls.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
    let (bad, good) = (of(&served.failed), of(&served.worked));
    if served.failed.len() < ENOUGH || served.worked.len() < ENOUGH {
        return None;
    }
    let apart = bad.len() == 1 && bad.is_disjoint(&good);
    if apart && served.failed.len() + served.worked.len() < TOGETHER {
        return None;
    }
    let names = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(", ");
    let says = format!(
        "the backend's request log: {} failed calls were served by {}, {} successful calls by {}",
        served.failed.len(),
        names(&bad),
        served.worked.len(),
        names(&good)
    );
    let value = if apart { "one" } else { "any" };
    Some(Fact { key: "failures-by-revision", value, anomaly: apart, says, exchange: None })
}

/// Reports whether the failures belong to only some revisions: one revision alone served them, or the same call fails
/// and succeeds.
pub(crate) fn are_parted(
    explains: &BTreeSet<u32>,
    readings: &Readings<'_>,
    log: &[LogEntry],
    sent: &[SentProbe],
) -> bool {
    let (mut failing, mut others) = (BTreeSet::new(), BTreeSet::new());
    let revisions = revisions(log, sent);
    let good = readings.all.iter().filter(|one| one.class.place == Place::Protected && one.must_work());
    for exchange in good.flat_map(|reading| &reading.exchanges) {
        let Some(revision) = revisions.get(exchange).copied() else { continue };
        if explains.contains(exchange) {
            failing.insert(revision)
        } else {
            others.insert(revision)
        };
    }
    let several = failing.union(&others).count() > 1;
    let comes_and_goes = readings.failing().any(Reading::is_intermittent);
    several && (comes_and_goes || (failing.len() == 1 && failing.is_disjoint(&others)))
}

fn is_good(observation: &Observation, target: &Target) -> bool {
    let endpoint = target.endpoints.get(&observation.probe.endpoint);
    let class = endpoint.and_then(|endpoint| ProbeClass::of(&observation.probe, endpoint, &observation.probe.user));
    class.is_some_and(|class| class.place == Place::Protected && class.token.should_be_accepted())
}

/// Returns the revision that served each exchange, where the backend's request log says it.
fn revisions<'a>(log: &'a [LogEntry], sent: &[SentProbe]) -> HashMap<u32, &'a str> {
    let exchanges: HashMap<&str, u32> = sent.iter().map(|probe| (probe.trace_id.as_str(), probe.exchange)).collect();
    let mut revisions = HashMap::new();
    for entry in log {
        let exchange = entry.trace.as_deref().and_then(|trace| exchanges.get(trace));
        let served = entry.platform_request().filter(|request| request.service == Service::Backend);
        if let Some((exchange, revision)) = exchange.zip(served.and_then(|request| request.revision.as_deref())) {
            revisions.entry(*exchange).or_insert(revision);
        }
    }
    revisions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::LoggedRequest;
    use crate::fixtures::{endpoint, exchange, log_entry, staging};
    use crate::observe::observe;
    use crate::probe::Exchange;
    use crate::terms::{Hop, TokenKind};

    const PROTECTED: &str = "backend.chat-messages";

    /// Returns the value of the fact for these calls: whether each succeeded, and which revision served it.
    fn fact(calls: &[(bool, &str)]) -> Option<&'static str> {
        let (mut observations, mut log, mut sent) = (Vec::new(), Vec::new(), Vec::new());
        let now = jiff::Timestamp::UNIX_EPOCH;
        for (id, (worked, by)) in (1..).zip(calls) {
            let (status, body) = if *worked { (200, r#"{"messages":[]}"#) } else { (403, r#"{"detail":"no"}"#) };
            let probe =
                Exchange { id, ..exchange(PROTECTED, TokenKind::Valid).answered(status, "application/json", body) };
            observations.push(observe(&probe, &endpoint(PROTECTED), "").expect("an observation"));
            let trace_id = format!("{id:032}");
            let request = LoggedRequest {
                service: Service::Backend,
                method: "GET".into(),
                path: "/".into(),
                status,
                user_agent: String::new(),
                revision: Some((*by).to_owned()),
                latency_ms: None,
                platform: true,
            };
            log.push(LogEntry {
                request: Some(request),
                trace: Some(trace_id.clone()),
                ..log_entry(now, Hop::Edge, "")
            });
            sent.push(SentProbe { exchange: id, started_at: now, ended_at: now, trace_id, request_ids: Vec::new() });
        }
        let all: Vec<&Observation> = observations.iter().collect();
        failures(&all, &log, &sent, &staging()).map(|fact| fact.value)
    }

    #[test]
    fn failures_of_one_revision_are_attributed_to_it() {
        assert_eq!(fact(&[(true, "a"), (false, "b")].repeat(4)), Some("one"));
    }

    #[test]
    fn too_few_calls_may_be_chance() {
        assert_eq!(fact(&[(true, "a"), (false, "b")].repeat(3)), None);
    }

    #[test]
    fn failures_of_both_revisions_are_attributed_to_neither() {
        assert_eq!(fact(&[(true, "a"), (false, "b"), (true, "a"), (false, "a")]), Some("any"));
    }

    #[test]
    fn one_failed_call_yields_no_fact() {
        assert_eq!(fact(&[(true, "a"), (true, "a"), (false, "b")]), None);
    }
}
