//! An entry of the catalogue, as its author writes it. `fault_mode` holds the ways in which it can show.

use std::sync::{LazyLock, OnceLock};

use fivewhys_path::{Endpoints, Patch};
use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::{DIRECT, Target};
use crate::diagnose::model::evidence_rule::EvidenceRule;
use crate::diagnose::model::expression::Expression;
use crate::diagnose::model::fault_mode::FaultMode;
use crate::terms::Hop;

/// One named root cause: one change that can be reverted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// `hop/slug`.
    pub(crate) id: String,
    /// One line.
    pub(crate) title: String,
    /// What happened, in two to four sentences.
    #[serde(default)]
    pub(crate) about: String,
    /// Whether it replaces the built-in entry of this id.
    #[serde(default)]
    pub(crate) replaces: bool,
    /// How common it is.
    pub(crate) prior: Prior,
    /// The services whose deploy can have caused it.
    pub(crate) involves: Vec<String>,
    /// Whether an older revision may be free of it.
    pub(crate) curable_by_rollback: bool,
    /// Who owns it.
    pub(crate) owner: String,
    /// A command or an instruction, with `{backend}`, `{auth}`, `{project}`, `{region}`.
    pub(crate) fix: String,
    /// How to see that it is gone, with `{target}` and the placeholders of `fix`.
    #[serde(default = "smoke_again")]
    pub(crate) verify: String,
    /// The rows of `docs/users/failure-modes.md` that it covers: failure modes met in the field.
    #[serde(default)]
    pub(crate) rows: Vec<u8>,
    /// How its predictions are tested.
    #[serde(default)]
    pub(crate) tested: Tested,
    /// The chain of whys, outermost first, without the failing step itself.
    pub(crate) whys: Vec<WhyRule>,
    /// Lines it leaves in logs.
    #[serde(default)]
    pub(crate) log: Vec<LogRule>,
    /// Signatures of a response that are evidence for it. Hints.
    #[serde(default)]
    pub(crate) signatures: Vec<String>,
    /// Whether it lies before the backend, so that calls directly to the backend do not show it. By default, faults of
    /// the edge and the network do.
    #[serde(default)]
    outside: Option<bool>,
    /// What it changes on the way of a request.
    #[serde(default)]
    pub(in crate::diagnose) does: Vec<Patch>,
    /// Ids of the endpoints of a target that it reaches, for entries that a target adds. Empty: those that `does` says.
    #[serde(default)]
    pub(crate) endpoints: Vec<String>,
    /// The places of these endpoints in the target of the run.
    #[serde(skip)]
    reached: OnceLock<Endpoints>,
    /// Whether what it changes may also come and go: for some of the calls of the same kind.
    #[serde(default)]
    pub(in crate::diagnose) at_times: bool,
    /// Whether its failures come and go: a call that fails and then works is no evidence against it.
    #[serde(default)]
    pub(crate) comes_and_goes: bool,
    /// The ways in which it can be there. One must match. Absent: one that demands no fact.
    #[serde(default = "any_facts")]
    pub(crate) mode: Vec<FaultMode>,
}

/// How common a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Prior {
    Common,
    Uncommon,
    Rare,
}

/// How the predictions of an entry are tested.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Tested {
    /// The twin reproduces it on loopback.
    Loopback,
    /// It cannot be reproduced on loopback. A recording of real services is kept.
    Recorded {
        /// The file of the recording.
        file: String,
        /// Why it cannot be reproduced.
        because: String,
    },
    /// Nothing reproduces it yet. It is listed as a rival, so that another fault is not called certain in its place.
    Unseen(String),
    /// The entry does not say. Only an entry that a target adds may omit it.
    #[default]
    Unsaid,
}

/// One link of the chain of whys.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhyRule {
    pub(crate) claim: String,
    #[schemars(with = "String")]
    pub(crate) proof: EvidenceRule,
    /// Whether only this fault leaves this proof. Without such a mark, no verdict is certain.
    #[serde(default)]
    pub(crate) mark: bool,
    /// Whether it is a mark only together with a log line of the fault: two names may hold one value, and a value may
    /// come from elsewhere.
    #[serde(default)]
    pub(crate) beside_a_line: bool,
}

/// A line a fault leaves in a log.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogRule {
    /// The component that writes it.
    pub(crate) by: Hop,
    /// A regular expression for its text, in raw and in redacted form.
    #[serde(rename = "match")]
    #[schemars(with = "String")]
    pub(crate) pattern: Expression,
    /// Lines that also match this belong to another entry.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(crate) unless: Option<Expression>,
    /// The line belongs to another entry if the same component also wrote a line that matches this, during the same
    /// probe.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(crate) unless_beside: Option<Expression>,
    /// Whether the component that decided wrote it about that decision. Otherwise it is a hint.
    #[serde(default)]
    pub(crate) decisive: bool,
    /// At what time it counts.
    #[serde(default)]
    pub(crate) scope: LogScope,
}

/// At what time a log line counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogScope {
    /// Only while a failing probe is running.
    #[default]
    Window,
    /// While failing probes are running. It may occur at other times too, since it describes a state that affects all
    /// traffic.
    State,
    /// At any time: it may have been written long before.
    Any,
}

impl Fault {
    /// Takes the places of its endpoints from the target of the run.
    pub(super) fn find_endpoints(&self, target: &Target) {
        // A call directly at the backend reaches the same code.
        let is_named = |known: &str| {
            let id = known.strip_suffix(DIRECT).unwrap_or(known);
            self.endpoints.iter().any(|named| named == id)
        };
        let named = target.endpoints.keys().enumerate().filter(|(_, known)| is_named(known));
        let places = Endpoints::of(named.map(|(place, _)| place));
        if !self.endpoints.is_empty() {
            self.reached.get_or_init(|| places);
        }
    }

    /// Returns the only endpoints that it reaches. `None`: those that `does` says.
    pub(in crate::diagnose) fn reached(&self) -> Option<Endpoints> {
        self.reached.get().copied()
    }

    /// Reports whether it lies behind the edge: then calls directly at the backend end as calls through the edge do.
    pub(crate) fn is_inside(&self) -> bool {
        !self.outside.unwrap_or(matches!(self.hop(), Hop::Edge | Hop::Network))
    }

    /// Reports whether a system can have this fault: one without an auth service has none of that service, and none of what
    /// another service has in common with it.
    pub(crate) fn is_possible_in(&self, target: &Target) -> bool {
        let hop = self.hop();
        let is_shared =
            matches!(hop, Hop::Backend | Hop::Data) && self.involves.iter().any(|service| service == "auth");
        target.has_hop(hop) && (target.has_auth_service() || !is_shared)
    }

    /// Returns the hop in the id.
    pub(crate) fn hop(&self) -> Hop {
        let word = self.id.split('/').next().unwrap_or_default();
        serde_json::from_value(serde_json::Value::String(word.to_owned())).unwrap_or(Hop::Unknown)
    }
}

impl LogRule {
    /// Returns its regular expressions.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        [Some(&self.pattern), self.unless.as_ref(), self.unless_beside.as_ref()].into_iter().flatten()
    }

    /// Reports whether the rule matches a line with this text.
    pub(crate) fn means(&self, text: &str) -> bool {
        self.pattern.is_match(text)
            && !is_harmless(text)
            && !self.unless.as_ref().is_some_and(|unless| unless.is_match(text))
    }
}

/// Reports whether a line says itself that what failed is optional, or that the service goes on without it.
fn is_harmless(text: &str) -> bool {
    static HARMLESS: LazyLock<Regex> = LazyLock::new(|| {
        let words = r"(?i)\boptional\b|continu\w+ (without|anyway)|non.?critical|not required|will be (skipped|disabled)|(is|are) ignored|running without|falling? ?back to";
        Regex::new(words).expect("a constant pattern")
    });
    HARMLESS.is_match(text)
}

impl Prior {
    /// Returns the relative weight. Only the order matters for a verdict.
    pub(crate) const fn weight(self) -> f64 {
        match self {
            Self::Common => 10.0,
            Self::Uncommon => 3.0,
            Self::Rare => 1.0,
        }
    }
}

fn any_facts() -> Vec<FaultMode> {
    vec![FaultMode::default()]
}

fn smoke_again() -> String {
    "fivewhys smoke --target {target}".to_owned()
}
