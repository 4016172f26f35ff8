//! The facts of the catalogue: their keys, their values, their source of evidence, and their names in words.

use crate::terms::EvidenceSource;

/// A fact that can be known.
#[derive(Debug)]
pub(crate) struct FactWord {
    pub(crate) key: &'static str,
    /// Every value but `unknown`.
    pub(crate) values: &'static [&'static str],
    /// A value that never occurs in a healthy system. It contradicts every fault that does not demand it.
    pub(crate) anomaly: Option<&'static str>,
    /// The usual value in a healthy system. Any other is a hint for the faults that predict it.
    pub(crate) usual: Option<&'static str>,
    /// The source of evidence that shows it.
    pub(crate) evidence_source: EvidenceSource,
    /// Its name in words. A value may follow after a colon.
    pub(crate) says: &'static str,
}

/// The value of something that is missing.
pub(crate) const ABSENT: &str = "absent";
const PRESENCE: &[&str] = &["present", ABSENT];
const SAMENESS: &[&str] = &["same", "differs"];

/// All facts.
pub(crate) const FACTS: &[FactWord] = &[
    fact(
        "issued-signature",
        &["ours", "foreign"],
        Some("foreign"),
        EvidenceSource::Auth,
        "the key of the tokens that the auth service issues (ours: the configured signing key)",
    )
    .usually("ours"),
    fact(
        "signing-key",
        &["published", "unpublished"],
        None,
        EvidenceSource::Auth,
        "the configured signing key, in the key set of the auth service",
    )
    .usually("published"),
    fact(
        "issued-key",
        &["published", "other"],
        Some("other"),
        EvidenceSource::Auth,
        "the key that signed the token of the auth service, in its key set",
    )
    .usually("published"),
    fact(
        "issued-claims",
        &["declared", "other"],
        Some("other"),
        EvidenceSource::Auth,
        "issuer and audience of the token of the auth service (declared: as the target says)",
    )
    .usually("declared"),
    fact(
        "clock",
        &["in-step", "apart"],
        Some("apart"),
        EvidenceSource::Auth,
        "the clocks of this machine and of the auth service",
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
        "the service secrets in the two manifests",
    )
    .usually("same"),
    fact("jwt-secret", SAMENESS, Some("differs"), EvidenceSource::Manifest, "the JWT secrets in the two manifests")
        .usually("same"),
    fact(
        "service-id",
        SAMENESS,
        Some("differs"),
        EvidenceSource::Manifest,
        "the service id in the backend's manifest, compared with the target file",
    )
    .usually("same"),
    fact(
        "auth-url",
        SAMENESS,
        Some("differs"),
        EvidenceSource::Manifest,
        "the auth service's address in the backend's manifest, compared with the target file",
    )
    .usually("same"),
    fact(
        "backend.auth-enabled",
        &["on", "off"],
        Some("off"),
        EvidenceSource::Manifest,
        "the switch of the auth client, in the backend's manifest",
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
        "the other required variables in the backend's manifest",
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
        "this machine's clock and the Date headers of all answers",
    )
    .usually("in-step"),
    fact(
        "token-by-header",
        &["read", "lost"],
        None,
        EvidenceSource::Edge,
        "the token in the Authorization header, compared with another token location",
    )
    .usually("read"),
    fact(
        "page-block",
        &["origin", "preflight", "request", "credentials", "twice"],
        None,
        EvidenceSource::Edge,
        "the rule of CORS by which a browser keeps the responses from its page",
    ),
    fact(
        "subprotocol-choice",
        &["none"],
        None,
        EvidenceSource::Edge,
        "the subprotocol that the 101 response chooses from those offered",
    ),
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
        "any request of the backend, in the auth service's request log",
    ),
    fact(
        "unheard-call",
        &["answered-there", "answered-elsewhere", "answered", "unanswered", "unsent"],
        None,
        EvidenceSource::Logs,
        "a call that the auth service did not receive, in the backend's log",
    ),
    fact(
        "told-of-call",
        &["ok", "refused", "missing", "failed", "unanswered", "timed-out", "unsent"],
        None,
        EvidenceSource::Logs,
        "how the backend's call to the auth service ended, in the backend's log",
    )
    .usually("ok"),
    fact(
        "told-of-health",
        &["ok", "refused", "missing", "failed"],
        None,
        EvidenceSource::Logs,
        "how the auth service's health check ended, in the backend's log",
    )
    .usually("ok"),
    fact(
        "auth.writes",
        &["yes", "no"],
        None,
        EvidenceSource::Logs,
        "whether the auth service wrote log lines while the probes failed",
    ),
    fact(
        "edge-saw",
        &["yes", "no"],
        None,
        EvidenceSource::Logs,
        "whether the platform's request log has the failing calls",
    ),
    fact("backend-saw", &["yes", "no"], None, EvidenceSource::Logs, "whether the backend's log has the failing calls"),
    fact(
        "auth.at-work",
        &["yes", "no"],
        None,
        EvidenceSource::Logs,
        "whether the auth service processed requests while the probes failed",
    ),
    fact(
        "token-judged",
        &["yes", "no"],
        None,
        EvidenceSource::Logs,
        "whether the auth service validated the token, in its request log",
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
        "the revisions that serve the failing calls, in the backend's request log",
    )
    .usually("any"),
    fact(
        "backend.ingress",
        &["open", "closed"],
        Some("closed"),
        EvidenceSource::Manifest,
        "the ingress setting in the backend's manifest",
    )
    .usually("open"),
    fact("bearer-sent", &["yes", "no"], Some("no"), EvidenceSource::Edge, "whether the client sends a token")
        .usually("yes"),
    fact(
        "auth.pace",
        &["quick", "slow"],
        Some("slow"),
        EvidenceSource::Auth,
        "how fast the auth service accepts valid tokens",
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

    /// Reports whether this value is unusual in a healthy system.
    pub(crate) fn is_odd(&self, value: &str) -> bool {
        self.values.contains(&value) && self.usual.is_some_and(|usual| usual != value)
    }
}

/// Returns the fact of this key.
pub(crate) fn of(key: &str) -> Option<&'static FactWord> {
    FACTS.iter().find(|fact| fact.key == key)
}

/// Checks the key and the values of a fact. The message has the form that serde uses.
pub(crate) fn check<'v>(key: &str, values: impl IntoIterator<Item = &'v String>) -> Result<(), String> {
    let fact = of(key).ok_or_else(|| unknown(key, FACTS.iter().map(|fact| fact.key)))?;
    match values.into_iter().find(|value| !fact.values.contains(&value.as_str())) {
        Some(value) => Err(unknown(value, fact.values.iter().copied())),
        None => Ok(()),
    }
}

/// Returns the message about an unknown word in the form that serde uses. `document` rewords it and suggests the
/// nearest known word.
pub(crate) fn unknown<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let known: Vec<String> = known.into_iter().map(|one| format!("`{one}`")).collect();
    format!("unknown variant `{word}`, expected one of {}", known.join(", "))
}
