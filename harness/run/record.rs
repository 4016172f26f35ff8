//! What a run has gathered so far: exchanges, what they mean, when they were sent. Sits in `run`.

use crate::diagnose::SentProbe;
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::report::ProbeReport;
use crate::target::Target;

/// Everything probed, in order.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) probes: Vec<ProbeReport>,
    pub(super) observations: Vec<Observation>,
    pub(super) sent: Vec<SentProbe>,
}

impl Record {
    /// Reads an exchange and keeps both.
    pub(super) fn keep(&mut self, exchange: Exchange, target: &Target) -> Option<Observation> {
        let sub = target.user(&exchange.probe.user).map_or("", |user| user.sub.as_str());
        let surface = target.surfaces.get(&exchange.probe.surface);
        let observation = surface.and_then(|surface| observe(&exchange, surface, sub));
        self.sent.push(sent(&exchange));
        self.observations.extend(observation.clone());
        self.probes.push(ProbeReport { observation: observation.clone(), exchange });
        observation
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
