//! The facts a catalogue entry may speak of: their keys, their values, by which source of evidence they come, and what they are called in words.
//! Sits in `diagnose`; `fact` and `calls` establish them.

use crate::terms::EvidenceSource;

/// A fact that can be known.
#[derive(Debug)]
pub(super) struct FactWord {
    pub(super) key: &'static str,
    /// Every value but `unknown`.
    pub(super) values: &'static [&'static str],
    /// A value that no system in order has: it contradicts whoever does not demand it.
    pub(super) anomaly: Option<&'static str>,
    /// The value that systems in order have, where they all have one. Any other is a hint at whoever foretells it.
    pub(super) usual: Option<&'static str>,
    /// The source of evidence it comes by.
    pub(super) evidence_source: EvidenceSource,
    /// What it is, so that a value may follow.
    pub(super) says: &'static str,
}

/// It is not there.
pub(super) const ABSENT: &str = "absent";
const PRESENCE: &[&str] = &["present", ABSENT];
const SAMENESS: &[&str] = &["same", "differs"];

/// All of them.
pub(super) const FACTS: &[FactWord] = &[
    fact(
        "issued-signature",
        &["ours", "foreign"],
        Some("foreign"),
        EvidenceSource::Auth,
        "the key of tokens that the auth service mints",
    )
    .usually("ours"),
    fact(
        "signing-key",
        &["published", "unpublished"],
        None,
        EvidenceSource::Auth,
        "our key among those that the auth service publishes",
    )
    .usually("published"),
    fact(
        "clock",
        &["in-step", "apart"],
        Some("apart"),
        EvidenceSource::Auth,
        "the clocks, ours and the auth service's",
    )
    .usually("in-step"),
    fact(
        "backend.service-secret",
        PRESENCE,
        Some("absent"),
        EvidenceSource::Manifest,
        "the service secret in the backend's manifest",
    )
    .usually("present"),
    fact(
        "auth.service-secret",
        PRESENCE,
        Some("absent"),
        EvidenceSource::Manifest,
        "the service secret in the auth service's manifest",
    )
    .usually("present"),
    fact("backend.service-id", PRESENCE, None, EvidenceSource::Manifest, "the service id in the backend's manifest")
        .usually("present"),
    fact(
        "backend.auth-url",
        PRESENCE,
        None,
        EvidenceSource::Manifest,
        "the auth service's address in the backend's manifest",
    )
    .usually("present"),
    fact("backend.jwt-secret", PRESENCE, None, EvidenceSource::Manifest, "the JWT secret in the backend's manifest")
        .usually("present"),
    fact(
        "auth.jwt-secret",
        PRESENCE,
        Some("absent"),
        EvidenceSource::Manifest,
        "the JWT secret in the auth service's manifest",
    )
    .usually("present"),
    fact(
        "service-secret",
        SAMENESS,
        Some("differs"),
        EvidenceSource::Manifest,
        "the service secrets that the two manifests name",
    )
    .usually("same"),
    fact(
        "jwt-secret",
        SAMENESS,
        Some("differs"),
        EvidenceSource::Manifest,
        "the JWT secrets that the two manifests name",
    )
    .usually("same"),
    fact(
        "service-id",
        SAMENESS,
        Some("differs"),
        EvidenceSource::Manifest,
        "the backend's service id and the one that is expected",
    )
    .usually("same"),
    fact(
        "auth-url",
        SAMENESS,
        Some("differs"),
        EvidenceSource::Manifest,
        "the auth service's address and the one in the backend's manifest",
    )
    .usually("same"),
    fact(
        "backend.auth-enabled",
        &["on", "off"],
        Some("off"),
        EvidenceSource::Manifest,
        "the switch of the backend's auth client",
    )
    .usually("on"),
    fact(
        "backend.oauth-client",
        PRESENCE,
        None,
        EvidenceSource::Manifest,
        "the OAuth client in the backend's manifest",
    )
    .usually("present"),
    fact(
        "backend.required",
        PRESENCE,
        None,
        EvidenceSource::Manifest,
        "what the backend requires besides, in its manifest",
    )
    .usually("present"),
    fact(
        "backend.rollout-reason",
        &["start", "secret"],
        None,
        EvidenceSource::Manifest,
        "why the backend's newest revision is not ready",
    ),
    fact(
        "answers-clock",
        &["in-step", "apart"],
        None,
        EvidenceSource::Edge,
        "the clocks, ours and whoever's put the date on the answers",
    )
    .usually("in-step"),
    fact(
        "token-by-header",
        &["read", "lost"],
        None,
        EvidenceSource::Edge,
        "our token in the header, beside the same by another token location",
    )
    .usually("read"),
    fact("backend.rollout", &["ready", "failed"], None, EvidenceSource::Manifest, "the backend's newest revision")
        .usually("ready"),
    fact(
        "backend-call",
        &["refused", "answered", "missing", "throttled", "unfit", "failed", ABSENT, "passed-over"],
        None,
        EvidenceSource::Logs,
        "the backend's validation call, in the auth service's request log",
    ),
    fact(
        "backend-contact",
        &["seen", "none"],
        None,
        EvidenceSource::Logs,
        "anything at all of the backend, in the auth service's request log",
    ),
    fact(
        "unheard-call",
        &["answered-there", "answered-elsewhere", "answered", "unanswered", "unsent", "held-back"],
        None,
        EvidenceSource::Logs,
        "what the backend's own log says of a call that the auth service did not get",
    ),
    fact(
        "told-of-call",
        &["ok", "refused", "missing", "failed", "unanswered", "timed-out", "held-back", "unsent"],
        None,
        EvidenceSource::Logs,
        "what the backend's own log tells of its call to the auth service",
    )
    .usually("ok"),
    fact(
        "told-of-health",
        &["ok", "refused", "missing", "failed"],
        None,
        EvidenceSource::Logs,
        "what the backend's own log tells of the auth service's health check",
    )
    .usually("ok"),
    fact(
        "auth.writes",
        &["yes", "no"],
        None,
        EvidenceSource::Logs,
        "the auth service at work while our probes failed, in its log",
    ),
    fact("edge-saw", &["yes", "no"], None, EvidenceSource::Logs, "our failing calls, in the platform's request log"),
    fact("backend-saw", &["yes", "no"], None, EvidenceSource::Logs, "our failing calls, in the backend's log"),
    fact("auth.at-work", &["yes", "no"], None, EvidenceSource::Logs, "the auth service at work for others, in its log"),
    fact(
        "token-judged",
        &["yes", "no"],
        None,
        EvidenceSource::Logs,
        "a judgement of our token, in the auth service's log",
    ),
    fact(
        "backend.traffic",
        &["single", "split"],
        None,
        EvidenceSource::Manifest,
        "the revisions that share the backend's traffic",
    )
    .usually("single"),
    fact(
        "failures-by-revision",
        &["one", "any"],
        Some("one"),
        EvidenceSource::Logs,
        "the revisions that serve the calls that fail, in the backend's request log",
    )
    .usually("any"),
    fact("backend.ingress", &["open", "closed"], Some("closed"), EvidenceSource::Manifest, "who may call the backend")
        .usually("open"),
    fact("bearer-sent", &["yes", "no"], Some("no"), EvidenceSource::Edge, "a token in our own calls").usually("yes"),
    fact(
        "auth.pace",
        &["quick", "slow"],
        Some("slow"),
        EvidenceSource::Auth,
        "how fast the auth service judges good tokens",
    )
    .usually("quick"),
    fact(
        "auth.health-pace",
        &["quick", "slow"],
        Some("slow"),
        EvidenceSource::Auth,
        "how fast the auth service's health check answers",
    )
    .usually("quick"),
];

const fn fact(
    key: &'static str,
    values: &'static [&'static str],
    anomaly: Option<&'static str>,
    evidence_source: EvidenceSource,
    says: &'static str,
) -> FactWord {
    FactWord { key, values, anomaly, usual: None, evidence_source, says }
}

impl FactWord {
    const fn usually(self, value: &'static str) -> Self {
        Self { usual: Some(value), ..self }
    }

    /// Whether this value is not as in a system in order.
    pub(super) fn is_odd(&self, value: &str) -> bool {
        self.values.contains(&value) && self.usual.is_some_and(|usual| usual != value)
    }
}

/// The fact of this key.
pub(super) fn of(key: &str) -> Option<&'static FactWord> {
    FACTS.iter().find(|fact| fact.key == key)
}

/// What is wrong with a fact and the values that are asked of it; in the words in which serde says such a thing.
pub(super) fn check<'v>(key: &str, values: impl IntoIterator<Item = &'v String>) -> Result<(), String> {
    let fact = of(key).ok_or_else(|| unknown(key, FACTS.iter().map(|fact| fact.key)))?;
    match values.into_iter().find(|value| !fact.values.contains(&value.as_str())) {
        Some(value) => Err(unknown(value, fact.values.iter().copied())),
        None => Ok(()),
    }
}

/// The message about a word that is not known, as serde says it: `target` puts it into our words, with the nearest known one.
pub(super) fn unknown<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let known: Vec<String> = known.into_iter().map(|one| format!("`{one}`")).collect();
    format!("unknown variant `{word}`, expected one of {}", known.join(", "))
}
