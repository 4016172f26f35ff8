//! Withholds evidence from a recording: removes the probes, steps and documents that need evidence that is not granted.

use crate::config::Target;
use crate::diagnose::{FailedStep, Given, SentProbe};
use crate::evidence::{Evidence, LogEntry};
use crate::observe::Observation;
use crate::probe::ProbeKey;
use crate::run::Recording;
use crate::terms::{Caller, EvidenceSource, Service, TokenKind};

/// The sets of evidence that are examined, each in addition to `edge`, which is always granted.
pub(crate) const EVIDENCE_SETS: [&[EvidenceSource]; 10] = [
    &[
        EvidenceSource::Auth,
        EvidenceSource::Direct,
        EvidenceSource::ServiceCredentials,
        EvidenceSource::Manifest,
        EvidenceSource::Logs,
    ],
    &[],
    &[EvidenceSource::Auth],
    &[EvidenceSource::Direct],
    &[EvidenceSource::Auth, EvidenceSource::Direct],
    &[EvidenceSource::Auth, EvidenceSource::ServiceCredentials],
    &[EvidenceSource::Auth, EvidenceSource::Manifest],
    &[EvidenceSource::Auth, EvidenceSource::Logs],
    &[EvidenceSource::Logs],
    &[EvidenceSource::Manifest],
];

/// Returns `edge,auth,logs`, or `all` if every source of evidence is granted.
pub(crate) fn name(evidence_sources: &[EvidenceSource]) -> String {
    if evidence_sources.len() == EVIDENCE_SETS[0].len() {
        return "all".to_owned();
    }
    [EvidenceSource::Edge]
        .iter()
        .chain(evidence_sources)
        .map(|evidence_source| evidence_source.as_str())
        .collect::<Vec<_>>()
        .join(",")
}

/// A recording as one set of evidence shows it.
#[derive(Debug)]
pub(crate) struct View {
    /// The target with this evidence granted.
    pub target: Target,
    /// The observations of the scenarios.
    pub driven: Vec<Observation>,
    /// The observations of the other probes.
    pub pool: Vec<Observation>,
    /// When each probe was sent.
    pub sent: Vec<SentProbe>,
    /// The documents that would have been read.
    pub evidence: Evidence,
    /// The steps that would have failed.
    pub failed: Vec<FailedStep>,
}

impl View {
    /// Returns what this evidence shows of a recording of this target.
    pub(crate) fn through(recording: &Recording, target: &Target, evidence_sources: &[EvidenceSource]) -> Self {
        let mut target = target.clone();
        target.close_evidence_sources_except(evidence_sources);
        let shown = |one: &&Observation| is_shown(&one.probe, &target);
        let driven: Vec<Observation> = recording.driven.iter().filter(shown).cloned().collect();
        let pool: Vec<Observation> = recording.pool.iter().filter(shown).cloned().collect();
        let is_kept = |probe: &&SentProbe| driven.iter().chain(&pool).any(|one| one.exchange == probe.exchange);
        let (sent, hidden): (Vec<&SentProbe>, Vec<&SentProbe>) = recording.sent.iter().partition(is_kept);
        let failed = recording.failed.iter().filter(|step| driven.iter().any(|one| one.exchange == step.exchange));
        Self {
            evidence: evidence(&recording.evidence, &target, &sent, &hidden),
            failed: failed.cloned().collect(),
            sent: sent.into_iter().cloned().collect(),
            driven,
            pool,
            target,
        }
    }

    /// Returns the input of a diagnosis, with the observations that it has so far.
    pub(crate) fn given<'a>(&'a self, observations: &'a [Observation]) -> Given<'a> {
        let Self { target, sent, evidence, failed, .. } = self;
        Given { target, observations, sent, evidence, failed }
    }
}

/// Reports whether this probe can be sent with the target's evidence.
fn is_shown(key: &ProbeKey, target: &Target) -> bool {
    let endpoint = target.endpoints.get(&key.endpoint);
    let at_auth = endpoint.is_some_and(|endpoint| endpoint.service == Service::Auth);
    let past_edge = endpoint.is_some_and(|endpoint| endpoint.past_edge);
    let needs_auth = at_auth || key.token == TokenKind::Issued;
    let with_secret = matches!(key.caller, Caller::Right | Caller::WrongId);
    let opens = |needed: bool, evidence_source: EvidenceSource| !needed || target.opens(evidence_source);
    opens(needs_auth, EvidenceSource::Auth)
        && opens(past_edge, EvidenceSource::Direct)
        && opens(with_secret, EvidenceSource::ServiceCredentials)
}

fn evidence(all: &Evidence, target: &Target, sent: &[&SentProbe], hidden: &[&SentProbe]) -> Evidence {
    let mut evidence = all.clone();
    evidence.unread.retain(|(evidence_source, _)| target.opens(*evidence_source));
    if !target.opens(EvidenceSource::Manifest) {
        evidence.manifests.clear();
    }
    if target.opens(EvidenceSource::Logs) {
        evidence.log.retain(|entry| !is_of(entry, hidden) || is_of(entry, sent));
    } else {
        evidence.log.clear();
        evidence.log_read_at = None;
    }
    evidence
}

/// Reports whether one of these probes caused this line, by its trace id or else by its time.
fn is_of(entry: &LogEntry, probes: &[&SentProbe]) -> bool {
    probes.iter().any(|probe| match &entry.trace {
        Some(trace) => *trace == probe.trace_id,
        None => (probe.started_at..=probe.ended_at).contains(&entry.at),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{endpoint, exchange, log_entry, staging};
    use crate::observe::observe;

    /// Returns probes that start every second and take half a second.
    fn recording(probes: &[(&str, TokenKind, Caller)]) -> Recording {
        let mut recording = Recording {
            driven: Vec::new(),
            pool: Vec::new(),
            sent: Vec::new(),
            evidence: Evidence::default(),
            failed: Vec::new(),
            causes: Vec::new(),
        };
        for (id, (name, token, caller)) in (1..).zip(probes) {
            let mut exchange = exchange(name, *token).called_by(*caller).answered(503, "", "");
            exchange.id = id;
            recording.driven.extend(observe(&exchange, &endpoint(name), "someone"));
            let started_at = at(id, 0);
            recording.sent.push(SentProbe {
                exchange: id,
                started_at,
                ended_at: at(id, 500),
                trace_id: trace(id),
                request_ids: Vec::new(),
            });
            let step = format!("scenario/{id}");
            recording.failed.push(FailedStep { step, exchange: id, control: false });
        }
        recording
    }

    fn at(second: u32, ms: i64) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_millis(i64::from(second) * 1000 + ms)
    }

    fn trace(id: u32) -> String {
        format!("{id:032x}")
    }

    fn shown(recording: &Recording, evidence_sources: &[EvidenceSource]) -> Vec<u32> {
        let mut target = staging();
        target.evidence_sources.extend(EVIDENCE_SETS[0]);
        let view = View::through(recording, &target, evidence_sources);
        let failed: Vec<u32> = view.failed.iter().map(|step| step.exchange).collect();
        assert_eq!(
            failed,
            view.driven.iter().map(|one| one.exchange).collect::<Vec<_>>(),
            "the steps of what is shown"
        );
        assert_eq!(failed, view.sent.iter().map(|one| one.exchange).collect::<Vec<_>>(), "the times of what is shown");
        failed
    }

    #[test]
    fn withheld_evidence_hides_probes_and_steps_that_need_it() {
        let all = recording(&[
            ("backend.health", TokenKind::None, Caller::None),
            ("auth.health", TokenKind::None, Caller::None),
            ("auth.validate", TokenKind::Valid, Caller::None),
            ("auth.validate", TokenKind::Valid, Caller::Right),
            ("backend.chat-messages", TokenKind::Issued, Caller::None),
        ]);
        assert_eq!(shown(&all, EVIDENCE_SETS[0]), [1, 2, 3, 4, 5]);
        assert_eq!(shown(&all, &[EvidenceSource::Auth]), [1, 2, 3, 5]);
        assert_eq!(shown(&all, &[EvidenceSource::Manifest, EvidenceSource::Logs]), [1]);
    }

    fn log(text: &str, at: jiff::Timestamp, trace: Option<String>) -> LogEntry {
        LogEntry { trace, ..log_entry(at, crate::terms::Hop::Auth, text) }
    }

    #[test]
    fn the_log_line_of_a_hidden_probe_is_hidden_too() {
        let mut all = recording(&[
            ("backend.health", TokenKind::None, Caller::None),
            ("auth.health", TokenKind::None, Caller::None),
        ]);
        all.evidence.log = vec![
            log("of the shown probe", at(1, 100), None),
            log("of the hidden probe", at(2, 100), Some(trace(2))),
            log("of the hidden probe, without its trace", at(2, 200), None),
            log("of a foreign request", at(2, 300), Some(trace(77))),
            log("of no request", at(3, 0), None),
        ]
        .into();
        let mut target = staging();
        target.evidence_sources.extend(EVIDENCE_SETS[0]);
        let texts = |evidence_sources: &[EvidenceSource]| -> Vec<String> {
            View::through(&all, &target, evidence_sources).evidence.log.iter().map(|entry| entry.text.clone()).collect()
        };
        assert_eq!(texts(&[EvidenceSource::Logs]), ["of the shown probe", "of a foreign request", "of no request"]);
        assert_eq!(texts(EVIDENCE_SETS[0]).len(), 5);
        assert_eq!(texts(&[EvidenceSource::Auth]), [""; 0]);
    }

    #[test]
    fn a_set_of_evidence_is_named_by_what_is_granted() {
        assert_eq!(EVIDENCE_SETS.map(name)[..4], ["all", "edge", "edge,auth", "edge,direct"]);
    }
}
