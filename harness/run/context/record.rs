//! What a run has gathered so far: exchanges, what they mean, when they were sent. Sits in `run`.

use std::collections::BTreeMap;

use crate::config::Target;
use crate::diagnose::SentProbe;
use crate::observe::{Observation, Outcome, observe};
use crate::probe::Exchange;
use crate::report::ProbeReport;

/// Everything probed, in order.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) probes: Vec<ProbeReport>,
    pub(crate) observations: Vec<Observation>,
    pub(crate) sent: Vec<SentProbe>,
}

impl Record {
    /// Reads an exchange and keeps both.
    pub(crate) fn keep(&mut self, exchange: Exchange, target: &Target) -> Option<Observation> {
        let sub = target.user(&exchange.probe.user).map_or("", |user| user.sub.as_str());
        let endpoint = target.endpoints.get(&exchange.probe.endpoint);
        let observation = endpoint.and_then(|endpoint| observe(&exchange, endpoint, sub));
        self.sent.push(sent(&exchange));
        self.observations.extend(observation.clone());
        self.probes.push(ProbeReport { observation: observation.clone(), exchange });
        observation
    }

    /// Takes over what another run kept; of what is not to be diagnosed, the probe alone.
    pub(crate) fn take(&mut self, probe: ProbeReport, diagnosed: bool) {
        if diagnosed {
            self.sent.push(sent(&probe.exchange));
            self.observations.extend(probe.observation.clone());
        }
        self.probes.push(probe);
    }

    /// Says of the last exchange how it ended, where its form alone did not tell.
    pub(crate) fn correct_last(&mut self, result: Outcome) {
        let kept = self.probes.last_mut().and_then(|probe| probe.observation.as_mut());
        kept.into_iter().chain(self.observations.last_mut()).for_each(|seen| seen.result = result);
    }

    /// Adds what another record gathered, numbered on from here: old number to new.
    pub(crate) fn append(&mut self, other: Self) -> BTreeMap<u32, u32> {
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
        self.probes.extend(probes);
        self.observations.extend(observations);
        self.sent.extend(sent);
        renumbered
    }
}

fn sent(exchange: &Exchange) -> SentProbe {
    let took = jiff::SignedDuration::from_micros((exchange.phases.end_ms * 1000.0) as i64);
    SentProbe {
        exchange: exchange.id,
        started_at: exchange.started_at,
        ended_at: exchange.started_at.saturating_add(took).unwrap_or(exchange.started_at),
        trace_id: exchange.trace_id.clone(),
    }
}
