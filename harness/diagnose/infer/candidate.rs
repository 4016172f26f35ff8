//! One fault compared with one case: what contradicts it, what it explains, and how well it fits.

use std::collections::BTreeSet;

use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::conflict::{Conflict, conflicting_fact};
use crate::diagnose::infer::fact_score::{HINT, fact_score};
use crate::diagnose::infer::missing_name::names_what_is_missing;
use crate::diagnose::logs::attribution::LogMatch;
use crate::diagnose::model::fault::Fault;
use crate::diagnose::model::fault_mode::FaultMode;
use crate::terms::Hop;

/// A fault, compared with a case.
#[derive(Debug, Clone)]
pub(crate) struct Candidate<'a> {
    pub(crate) fault: &'a Fault,
    pub(crate) mode: &'a FaultMode,
    /// What contradicts it. `None`: it remains possible, if it explains anything.
    pub(crate) conflict: Option<Conflict>,
    /// The failing exchanges that it predicts.
    pub(crate) explains: BTreeSet<u32>,
    /// The failing exchanges that it would rarely cause. Known only for the likeliest candidate.
    pub(crate) odd: BTreeSet<u32>,
    /// The log line that matches it, if any.
    pub(crate) log: Option<LogMatch>,
    /// What facts, log lines and signatures say about it, as a logarithm.
    pub(crate) records: f64,
    /// Logarithm of prior times likelihood, with the records.
    pub(crate) score: f64,
}

impl<'a> Candidate<'a> {
    /// Returns a fault with what the records say about it, in the mode whose facts fit best. The readings are not compared yet.
    pub(crate) fn by_records(fault: &'a Fault, log: Option<LogMatch>, case: &Case<'_>) -> Option<Self> {
        let hints = f64::from(u8::from(log.is_some())) + signatures_seen(fault, case);
        let in_mode = |mode: &'a FaultMode| Self {
            fault,
            mode,
            conflict: None,
            explains: BTreeSet::new(),
            odd: BTreeSet::new(),
            log: log.clone(),
            records: fact_score(mode, case) + hints * HINT.ln(),
            score: f64::NEG_INFINITY,
        };
        let agrees = |one: &Self| conflicting_fact(one.mode, case).is_none() || names_what_is_missing(one, case);
        let fit = |one: &Self| (agrees(one), one.mode.is_possible_in(case.target), one.records);
        let candidates = fault.mode.iter().map(in_mode);
        candidates.max_by(|a, b| fit(a).partial_cmp(&fit(b)).unwrap_or(std::cmp::Ordering::Equal))
    }

    /// Reports whether a log line matches it that belongs to the failing probes.
    pub(crate) fn has_its_line(&self) -> bool {
        self.log.as_ref().is_some_and(|line| line.is_ours)
    }

    pub(crate) fn remains(&self) -> bool {
        self.conflict.is_none() && !self.explains.is_empty()
    }
}

/// The whole catalogue, compared with one case.
#[derive(Debug)]
pub(crate) struct Compared<'a> {
    /// Every fault in its best mode. Records of other faults contradict it.
    pub(crate) best: Vec<Candidate<'a>>,
    /// Unknown faults, one at each stop.
    pub(crate) unknown: Vec<Unknown>,
    /// Two faults at once, where no single fault explains everything.
    pub(crate) pairs: Vec<PairScore>,
}

/// The score of two faults at once, and the exchanges that each explains.
#[derive(Debug, Clone)]
pub(crate) struct PairScore {
    /// The places of both among the best candidates.
    pub(crate) at: [usize; 2],
    pub(crate) score: f64,
    pub(crate) explains: [BTreeSet<u32>; 2],
}

/// An unknown fault at one hop.
#[derive(Debug, Clone)]
pub(crate) struct Unknown {
    pub(crate) hop: Hop,
    /// Logarithm of prior times likelihood.
    pub(crate) score: f64,
    pub(crate) explains: BTreeSet<u32>,
}

/// Returns the line of the log that tells most about a fault: a decisive one, or else one of the failing probes.
pub(crate) fn best_line(fault: &Fault, case: &Case<'_>) -> Option<LogMatch> {
    let lines: Vec<_> = fault.log.iter().filter_map(|rule| case.logbook.find(rule)).collect();
    let best = lines.iter().find(|line| line.decisive).or_else(|| lines.iter().find(|line| line.is_ours));
    best.or(lines.first()).cloned()
}

/// More signatures of one fault than this add nothing.
const SIGNATURES: usize = 2;

/// Counts the signatures of a fault in the failing responses. Several are of different parts of its responses.
fn signatures_seen(fault: &Fault, case: &Case<'_>) -> f64 {
    let seen = case.readings.failing().flat_map(|reading| &reading.observation.signatures);
    let own: BTreeSet<&String> = seen.filter(|one| fault.signatures.contains(one)).collect();
    own.len().min(SIGNATURES) as f64
}
