//! Questions that one read-only command answers: a manifest, the log, or a call of the auth service.
//!
//! The facts of the catalogue and the model of the path decide which questions distinguish two faults.

use crate::diagnose::active::foresight::Foresight;
use crate::diagnose::infer::candidate::Candidate;
use crate::diagnose::infer::case::Case;
use crate::diagnose::model::evidence_rule::EvidenceRule;
use crate::diagnose::model::fact_schema;
use crate::diagnose::model::fault::LogRule;
use crate::probe::ProbeKey;
use crate::terms::{Caller, EvidenceSource, Role, Service, TokenKind};

/// One question. Among equals the first is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Question {
    /// The manifests of these services.
    Manifests(Vec<Service>),
    /// The log of both services and of the platform during the probes.
    Log,
    /// The response of the auth service to this probe, whose evidence is not granted.
    Call(ProbeKey),
}

/// What shows a fact of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Probes,
    Log,
    Manifest(Service),
    BothManifests,
}

/// How often a log has the expected line: log levels, sampling and changed texts can suppress it.
const LOGGED: f64 = 0.8;

/// Returns the questions without an answer yet.
pub(crate) fn open_questions(case: &Case<'_>) -> Vec<Question> {
    let unread = |service: &Service| case.target.has(*service) && !case.manifests.contains_key(service);
    let manifests: Vec<Service> = [Service::Backend, Service::Auth].into_iter().filter(unread).collect();
    let mut open: Vec<Question> = manifests.iter().map(|service| Question::Manifests(vec![*service])).collect();
    if manifests.len() > 1 {
        open.push(Question::Manifests(manifests));
    }
    if !case.log_was_read {
        open.push(Question::Log);
    }
    open.extend(closed_calls(case).map(Question::Call));
    open
}

/// Returns the auth service's health check and its validation of a valid token, where their evidence is not granted.
fn closed_calls(case: &Case<'_>) -> impl Iterator<Item = ProbeKey> {
    let (auth, credentials) =
        (case.target.opens(EvidenceSource::Auth), case.target.opens(EvidenceSource::ServiceCredentials));
    let of_auth = case.target.endpoints.values().filter(|endpoint| endpoint.service == Service::Auth);
    of_auth.filter_map(move |endpoint| {
        let (token, caller) = match (endpoint.role, endpoint.takes_caller) {
            (Role::Health, _) if !auth => (TokenKind::None, Caller::None),
            (Role::Introspection, true) if !(auth && credentials) && case.target.caller.is_some() => {
                (TokenKind::Valid, Caller::Right)
            }
            (Role::Introspection, false) if !auth => (TokenKind::Valid, Caller::None),
            _ => return None,
        };
        let user = case.user().to_owned();
        Some(ProbeKey {
            endpoint: endpoint.id.clone(),
            token,
            token_location: endpoint.usual_token_location(),
            caller,
            user,
        })
    })
}

impl Question {
    /// Returns the source of evidence that it needs.
    pub(crate) fn evidence_source(&self) -> EvidenceSource {
        match self {
            Self::Manifests(_) => EvidenceSource::Manifest,
            Self::Log => EvidenceSource::Logs,
            Self::Call(key) if key.caller == Caller::Right => EvidenceSource::ServiceCredentials,
            Self::Call(_) => EvidenceSource::Auth,
        }
    }

    /// Returns the probability that it gets an answer, 0 to 1.
    pub(crate) const fn sureness(&self) -> f64 {
        match self {
            Self::Manifests(_) | Self::Call(_) => 1.0,
            Self::Log => LOGGED,
        }
    }

    /// Returns what is asked, in words.
    pub(crate) fn in_words(&self) -> &'static str {
        match self {
            Self::Manifests(services) => match services.as_slice() {
                [Service::Backend] => "the backend's manifest",
                [Service::Auth] => "the auth service's manifest",
                _ => "the manifests of both services",
            },
            Self::Log => "the logs of both services",
            Self::Call(key) if key.token == TokenKind::None => "the auth service's health",
            Self::Call(_) => "the auth service's own validation of a valid token",
        }
    }

    /// Reports whether the answer that the first fault predicts is impossible under the second.
    pub(crate) fn distinguishes(&self, foresight: &Foresight<'_, '_>, a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
        let case = foresight.case();
        match self {
            Self::Manifests(_) | Self::Log => {
                let known = |key: &str| self.tells(case, key);
                let keys = a.mode.facts.keys().chain(b.mode.facts.keys());
                let by_fact = keys.filter(|key| known(key)).any(|key| self.fact_distinguishes(case, key, a, b));
                by_fact || (*self == Self::Log && leaves_foreign_line(a, b))
            }
            Self::Call(key) => {
                let both = foresight.outlook(a, key).zip(foresight.outlook(b, key));
                both.is_some_and(|(one, other)| one.is_apart_from(&other))
            }
        }
    }

    /// Reports whether it can show a mark of this fault, without which no verdict is certain.
    pub(crate) fn marks(&self, one: &Candidate<'_>) -> bool {
        let shown = |proof: &EvidenceRule| match (self, proof) {
            (Self::Log, EvidenceRule::Log) => one.fault.log.iter().any(|rule| rule.decisive),
            (Self::Log, EvidenceRule::Fact(key, _)) => source(key) == Source::Log,
            (Self::Manifests(read), EvidenceRule::Fact(key, _)) => match source(key) {
                Source::Manifest(service) => read.contains(&service),
                Source::BothManifests => read.len() > 1,
                _ => false,
            },
            _ => false,
        };
        one.fault.whys.iter().any(|rule| rule.mark && shown(&rule.proof))
    }

    /// Reports whether the answer, together with the present evidence, shows this fact.
    fn tells(&self, case: &Case<'_>, key: &str) -> bool {
        match (self, source(key)) {
            (Self::Log, of) => of == Source::Log,
            (Self::Manifests(read), Source::Manifest(service)) => read.contains(&service),
            (Self::Manifests(_), Source::BothManifests) => self.both_known(case),
            _ => false,
        }
    }

    fn both_known(&self, case: &Case<'_>) -> bool {
        let known = |service: Service| {
            case.manifests.contains_key(&service) || matches!(self, Self::Manifests(read) if read.contains(&service))
        };
        known(Service::Backend) && known(Service::Auth)
    }

    fn fact_distinguishes(&self, case: &Case<'_>, key: &str, a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
        match (a.mode.facts.get(key), b.mode.facts.get(key)) {
            (Some(one), Some(other)) => one.iter().all(|value| !other.contains(value)),
            (Some(only), None) | (None, Some(only)) => {
                only.iter().all(|value| is_anomaly(key, value, self.both_known(case)))
            }
            (None, None) => false,
        }
    }
}

/// Returns what shows a fact: its source of evidence, and which manifests.
fn source(key: &str) -> Source {
    match fact_schema::of(key).map(|word| word.evidence_source) {
        Some(EvidenceSource::Logs) => Source::Log,
        Some(EvidenceSource::Manifest) => match key.split_once('.') {
            Some(("auth", _)) => Source::Manifest(Service::Auth),
            None if matches!(key, "service-secret" | "jwt-secret") => Source::BothManifests,
            _ => Source::Manifest(Service::Backend),
        },
        _ => Source::Probes,
    }
}

/// Reports whether this value contradicts every fault that does not demand it (see `facts/manifest`).
/// A missing variable does only if the other manifest is known. An address never does: only some are surely wrong.
fn is_anomaly(key: &str, value: &str, both_known: bool) -> bool {
    let odd = fact_schema::of(key).is_some_and(|word| word.anomaly == Some(value));
    odd && key != "auth-url" && (value != "absent" || both_known)
}

/// Reports whether the first fault leaves a decisive line that the second does not. A missing line contradicts nothing.
fn leaves_foreign_line(a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
    let same = |one: &LogRule, other: &LogRule| one.by == other.by && one.pattern.as_str() == other.pattern.as_str();
    decisive(a).any(|one| !decisive(b).any(|other| same(one, other)))
}

fn decisive<'w>(one: &Candidate<'w>) -> impl Iterator<Item = &'w LogRule> {
    one.fault.log.iter().filter(|rule| rule.decisive)
}
