//! Whether a set of evidence can distinguish two faults: by facts, by log lines, and by what the model foresees for probes.
//!
//! The component that produced a response counts as known.

use fivewhys_path::Outlook;

use crate::diagnose::model::fact_schema;
use crate::diagnose::model::fault::Fault;
use crate::diagnose::model::fault_mode::FaultMode;
use crate::diagnose::model::probe_class::ProbeClass;
use crate::terms::{EvidenceSource, TokenKind};

/// A fault with what the model foresees for each class of probes. `None`: it changes no probe that must work.
pub(crate) struct Shown<'c> {
    pub(crate) fault: &'c Fault,
    pub(crate) foreseen: Option<Vec<Outlook>>,
}

/// Reports whether every mode of one fault differs from every mode of the other in something that the evidence shows.
pub(crate) fn distinguishable(
    one: &Shown<'_>,
    other: &Shown<'_>,
    evidence_sources: &[EvidenceSource],
    classes: &[ProbeClass],
) -> bool {
    let reads_logs = evidence_sources.contains(&EvidenceSource::Logs);
    let lines_differ = || leaves_alone(one.fault, other.fault) || leaves_alone(other.fault, one.fault);
    let facts_differ = || {
        let differ = |a: &FaultMode| other.fault.mode.iter().all(|b| facts_differ(a, b, evidence_sources));
        one.fault.mode.iter().all(differ)
    };
    (reads_logs && lines_differ()) || facts_differ() || probes_differ(one, other, classes)
}

/// Reports whether the first fault leaves a decisive line that the second does not leave.
fn leaves_alone(one: &Fault, other: &Fault) -> bool {
    let left = |rule: &str| other.log.iter().any(|line| line.pattern.as_str() == rule);
    one.log.iter().any(|line| line.decisive && !left(line.pattern.as_str()))
}

fn facts_differ(a: &FaultMode, b: &FaultMode, evidence_sources: &[EvidenceSource]) -> bool {
    let seen = |key: &str| fact_schema::of(key).filter(|fact| evidence_sources.contains(&fact.evidence_source));
    let differ = |a: &FaultMode, b: &FaultMode| {
        a.facts.iter().any(|(key, values)| {
            let Some(fact) = seen(key) else { return false };
            match b.facts.get(key) {
                Some(others) => values.iter().all(|value| !others.contains(value)),
                // A value that never occurs in a healthy system is evidence against a fault that does not demand it.
                None => fact.anomaly.is_some_and(|anomaly| values.iter().all(|value| value == anomaly)),
            }
        })
    };
    differ(a, b) || differ(b, a)
}

fn probes_differ(one: &Shown<'_>, other: &Shown<'_>, classes: &[ProbeClass]) -> bool {
    match (&one.foreseen, &other.foreseen) {
        (Some(a), Some(b)) => {
            let ends = a.iter().zip(b).any(|(a, b)| a.is_apart_from(b));
            ends || (0..classes.len())
                .any(|at| relations_differ(a, b, classes, at) || relations_differ(b, a, classes, at))
        }
        (None, None) => false,
        _ => true,
    }
}

/// Reports whether the first fault ends two probes alike that differ only in the token, and the second never does.
fn relations_differ(a: &[Outlook], b: &[Outlook], classes: &[ProbeClass], at: usize) -> bool {
    let controls = [TokenKind::None, TokenKind::WrongKey];
    let is_control = |class: &ProbeClass| {
        controls.contains(&class.token) && ProbeClass { token: classes[at].token, ..*class } == classes[at]
    };
    let mut others = (0..classes.len()).filter(|other| *other != at && is_control(&classes[*other]));
    others.any(|other| a[at].is_same_as(&a[other]) && b[at].is_apart_from(&b[other]))
}
