//! A proof: one observation, fact or log line in words.

use serde::{Deserialize, Serialize};

use crate::diagnose::facts::backend_log;
use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::conflict::{Conflict, Record};
use crate::diagnose::infer::mark_seen::Sighting;
use crate::diagnose::logs::attribution::{JoinedBy, LogMatch};
use crate::diagnose::logs::quote::describe;
use crate::diagnose::model::fact::Fact;
use crate::diagnose::readings::probe_result::Reading;
use crate::diagnose::wording::readings;

/// One observation or fact, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Proof {
    /// In words.
    pub says: String,
    /// The exchange that it comes from, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<u32>,
    /// If it quotes a log line of a probe: by what the line was joined to that probe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined_by: Option<JoinedBy>,
    /// The key of the fact it states. Known in the run that makes the proof, not in a report that is read again.
    #[serde(skip)]
    pub(crate) fact: Option<&'static str>,
    /// The value of that fact. Known where `fact` is.
    #[serde(skip)]
    pub(crate) value: Option<&'static str>,
    /// Whether it quotes a log line. Known where `fact` is.
    #[serde(skip)]
    pub(crate) quotes_a_line: bool,
}

impl Proof {
    /// Creates a proof that states no fact of the catalogue's vocabulary.
    #[must_use]
    pub fn new(says: impl Into<String>, exchange: Option<u32>) -> Self {
        Self { says: says.into(), exchange, joined_by: None, fact: None, value: None, quotes_a_line: false }
    }

    /// Returns a fact as a proof.
    pub(crate) fn of_fact(fact: &Fact) -> Self {
        let quotes_a_line = backend_log::quotes_a_line(fact);
        Self { fact: Some(fact.key), value: Some(fact.value), quotes_a_line, ..Self::new(&fact.says, fact.exchange) }
    }

    /// Returns what proves a link of the chain.
    pub(crate) fn of_sighting(sighting: &Sighting<'_, '_>, case: &Case<'_>) -> Self {
        match sighting {
            Sighting::Line(line) => {
                Self { quotes_a_line: true, joined_by: line.joined_by, ..Self::new(&line.says, None) }
            }
            Sighting::Fact(fact) => Self::of_fact(fact),
            Sighting::Reading(reading) => readings::reading(reading, case.target),
            Sighting::SameResponse(reading, control) => same_response(reading, control, case),
        }
    }

    /// Returns what contradicts a fault. `lines` are the lines that a pattern of some fault matches.
    pub(crate) fn of_conflict(conflict: Conflict, case: &Case<'_>, lines: &[&LogMatch]) -> Self {
        match conflict {
            Conflict::Reading(at) => readings::reading(&case.readings.all[at], case.target),
            Conflict::Record(Record::Fact(key)) => case.fact(key).map_or_else(|| Self::new(key, None), Self::of_fact),
            Conflict::Record(Record::Line(at)) => {
                let matched = lines.iter().find(|line| line.entry == at).map(|line| line.says.clone());
                Self::new(matched.unwrap_or_else(|| describe(&case.logbook.entries[at], 0)), None)
            }
        }
    }
}

fn same_response(reading: &Reading<'_>, control: &Reading<'_>, case: &Case<'_>) -> Proof {
    let control = readings::reading(control, case.target);
    Proof::new(format!("same response as for {}", control.says), Some(reading.observation.exchange))
}
