//! What a run has gathered so far: exchanges, observations, and when each probe was sent.

use std::collections::BTreeMap;

use crate::config::Target;
use crate::diagnose::SentProbe;
use crate::observe::{Observation, Outcome, observe, own_name};
use crate::probe::Exchange;
use crate::report::ProbeReport;

/// Bytes of a body, and of all events or frames, that a report keeps of one exchange. A run has over a hundred exchanges, and
/// a hostile server makes each as long as it may be.
const KEPT: usize = 64 << 10;

/// The probes of a run, in order.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) probes: Vec<ProbeReport>,
    pub(crate) observations: Vec<Observation>,
    pub(crate) sent: Vec<SentProbe>,
}

impl Record {
    /// Observes an exchange and keeps both.
    pub(crate) fn keep(&mut self, exchange: Exchange, target: &Target) -> Option<Observation> {
        self.shorten_last();
        let user = target.user(&exchange.probe.user);
        let endpoint = target.endpoints.get(&exchange.probe.endpoint);
        let observation = endpoint.and_then(|endpoint| {
            observe(&exchange, endpoint, user.map_or("", |user| own_name(user, &exchange, endpoint)))
        });
        self.sent.push(sent(&exchange));
        self.observations.extend(observation.clone());
        self.probes.push(ProbeReport { observation: observation.clone(), exchange });
        observation
    }

    /// Takes a probe of another run. If it is not `diagnosed`, only the probe is kept, not its observation.
    pub(crate) fn take(&mut self, probe: ProbeReport, diagnosed: bool) {
        if diagnosed {
            self.sent.push(sent(&probe.exchange));
            self.observations.extend(probe.observation.clone());
        }
        self.probes.push(probe);
    }

    /// Corrects how the last exchange ended: only the step knows which content was required.
    pub(crate) fn correct_last(&mut self, result: Outcome) {
        let kept = self.probes.last_mut().and_then(|probe| probe.observation.as_mut());
        kept.into_iter().chain(self.observations.last_mut()).for_each(|seen| seen.result = result);
    }

    /// Shortens the last exchange. Its step read it before the next exchange came.
    fn shorten_last(&mut self) {
        self.probes.iter_mut().last().into_iter().for_each(|probe| probe.exchange.shorten(KEPT));
    }

    /// Appends another record of the same run. The ids stay.
    pub(crate) fn join(&mut self, mut other: Self) {
        self.shorten_last();
        other.shorten_last();
        append(&mut self.probes, other.probes);
        append(&mut self.observations, other.observations);
        append(&mut self.sent, other.sent);
    }

    /// Appends another record with new ids. Returns the new id for each old one.
    pub(crate) fn append(&mut self, mut other: Self) -> BTreeMap<u32, u32> {
        other.shorten_last();
        let first = u32::try_from(self.probes.len()).unwrap_or(u32::MAX).saturating_add(1);
        let renumbered: BTreeMap<u32, u32> = other.probes.iter().map(|probe| probe.exchange.id).zip(first..).collect();
        let new = |id: &mut u32| *id = renumbered.get(id).copied().unwrap_or(*id);
        let Self { mut probes, mut observations, mut sent } = other;
        observations.iter_mut().for_each(|seen| new(&mut seen.exchange));
        sent.iter_mut().for_each(|probe| new(&mut probe.exchange));
        for probe in &mut probes {
            new(&mut probe.exchange.id);
            probe.observation.iter_mut().for_each(|seen| new(&mut seen.exchange));
        }
        append(&mut self.probes, probes);
        append(&mut self.observations, observations);
        append(&mut self.sent, sent);
        renumbered
    }
}

/// Appends a list. The first one is taken as it is: of a long scenario, a copy costs over 1 KB a step.
fn append<T>(all: &mut Vec<T>, mut more: Vec<T>) {
    if all.is_empty() {
        *all = more;
    } else {
        all.append(&mut more);
    }
}

fn sent(exchange: &Exchange) -> SentProbe {
    SentProbe {
        exchange: exchange.id,
        started_at: exchange.started_at,
        ended_at: exchange.ended_at(),
        trace_id: exchange.trace_id.clone(),
        request_ids: request_ids(exchange),
    }
}

/// The headers in which a response names the id of its request or its trace.
const ID_HEADERS: [&str; 6] =
    ["x-request-id", "request-id", "x-correlation-id", "x-trace-id", "x-b3-traceid", "x-amzn-requestid"];

fn request_ids(exchange: &Exchange) -> Vec<String> {
    let headers = exchange.head.iter().flat_map(|head| &head.headers);
    let named = headers.filter(|(name, _)| ID_HEADERS.iter().any(|id| name.eq_ignore_ascii_case(id)));
    // A short value is a counter: another request has it too.
    named.map(|(_, value)| value.trim().to_owned()).filter(|value| (8..=64).contains(&value.len())).collect()
}
