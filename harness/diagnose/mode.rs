//! One way in which a fault can show: what it predicts for probes and demands of facts.

use std::collections::BTreeMap;
use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use toml::Spanned;

use super::fact::{Fact, UNKNOWN};
use super::fault::Prior;
use super::selector::Selector;
use super::vocabulary;
use crate::config::{Target, Validation};
use crate::observe::{Authn, LatencyClass, Outcome};
use crate::terms::{Hop, TokenKind};

/// One way in which a fault can show.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Mode {
    /// Its name among the modes of the fault.
    #[serde(default)]
    pub(super) name: String,
    /// Sets of predictions from `expectations.toml`.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    includes: Vec<Spanned<String>>,
    /// What it predicts for probes.
    #[serde(default)]
    pub(super) predict: Vec<Prediction>,
    /// Facts it demands, where they are known: key and allowed values.
    #[serde(default, deserialize_with = "facts")]
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub(super) facts: BTreeMap<String, Vec<String>>,
    /// What it usually predicts. A difference lowers the score and contradicts nothing.
    #[serde(default)]
    pub(super) usual: Vec<Prediction>,
    /// Facts that it usually shows, where they are known. A difference lowers the score and contradicts nothing.
    #[serde(default, deserialize_with = "facts")]
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub(super) usual_facts: BTreeMap<String, Vec<String>>,
    /// Whether its failures are intermittent.
    #[serde(default)]
    pub(super) comes_and_goes: bool,
    /// How common this mode is, if that differs from the fault.
    pub(super) prior: Option<Prior>,
    /// Whether the fault lies behind the edge: then calls directly at the backend end as calls through the edge do.
    #[serde(skip)]
    pub(super) inside: bool,
    /// Restricts it to backends that check their configuration at the start (`true`), or to those that do not
    /// (`false`).
    pub(super) startup_check: Option<bool>,
    /// The ways of token validation under which it is possible. Empty: any.
    #[serde(default)]
    pub(super) validation: Vec<Validation>,
}

/// What a fault predicts for a set of probes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Prediction {
    #[schemars(with = "String")]
    pub(super) on: Selector,
    #[serde(default)]
    pub(super) result: Vec<Outcome>,
    #[serde(default)]
    pub(super) answered_by: Vec<Hop>,
    /// Whether the component that answered must be known.
    #[serde(default)]
    pub(super) surely: bool,
    /// Whether there must be an answer.
    #[serde(default)]
    pub(super) answered: bool,
    /// Whether there must be at least a hint at the component that answered.
    #[serde(default)]
    pub(super) hinted: bool,
    #[serde(default)]
    pub(super) authn: Vec<Authn>,
    #[serde(default)]
    pub(super) latency: Vec<LatencyClass>,
    /// Whether a failure must have taken at least 0.2 s.
    #[serde(default)]
    pub(super) after_a_while: bool,
    /// The response is the same as with this token, at the same endpoint and token location.
    pub(super) same_as: Option<TokenKind>,
    /// The response differs from that with this token, at the same endpoint and token location.
    pub(super) differs_from: Option<TokenKind>,
    /// Whether at least one of the probes must match. Otherwise each must.
    #[serde(default)]
    pub(super) some: bool,
    /// Whether the probe must have ended differently when it was repeated.
    #[serde(default)]
    pub(super) comes_and_goes: bool,
    /// Whether it applies only to endpoints at which a call that must succeed fails.
    #[serde(default)]
    pub(super) where_failing: bool,
}

/// A set of predictions that several faults share.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Expectation {
    #[serde(default)]
    pub(super) predict: Vec<Prediction>,
    #[serde(default)]
    pub(super) usual: Vec<Prediction>,
}

impl Prediction {
    /// Reports whether this latency is predicted.
    pub(super) fn is_in_time(&self, latency: LatencyClass) -> bool {
        self.latency.is_empty() || self.latency.contains(&latency)
    }
}

impl Mode {
    /// Reports whether the mode demands this value of the fact.
    pub(super) fn demands(&self, fact: &Fact) -> bool {
        self.facts.get(fact.key).is_some_and(|allowed| allowed.iter().any(|word| word == fact.value))
    }

    /// Reports whether the mode usually shows this value of the fact.
    pub(super) fn usually_shows(&self, fact: &Fact) -> bool {
        self.usual_facts.get(fact.key).is_some_and(|usual| usual.iter().any(|word| word == fact.value))
    }

    /// Reports whether the mode allows the fact: the value is unknown, not mentioned, or demanded.
    pub(super) fn agrees(&self, fact: &Fact) -> bool {
        fact.value == UNKNOWN || !self.facts.contains_key(fact.key) || self.demands(fact)
    }

    /// Reports whether the mode is possible in this target.
    pub(super) fn is_possible_in(&self, target: &Target) -> bool {
        let judged = self.validation.is_empty() || self.validation.contains(&target.validation);
        judged && self.startup_check.is_none_or(|checks| target.startup_check.is_none_or(|known| known == checks))
    }

    /// Adds the predictions of the sets that it includes.
    ///
    /// # Errors
    /// With the place of an unknown set and the message about it.
    pub(super) fn include(&mut self, shared: &BTreeMap<String, Expectation>) -> Result<(), (Range<usize>, String)> {
        for name in &self.includes {
            let unknown = || (name.span(), vocabulary::unknown(name.get_ref(), shared.keys().map(String::as_str)));
            let set = shared.get(name.get_ref()).ok_or_else(unknown)?;
            self.predict.extend(set.predict.iter().cloned());
            self.usual.extend(set.usual.iter().cloned());
        }
        Ok(())
    }
}

fn facts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Vec<String>>, D::Error> {
    let facts = BTreeMap::<String, Vec<String>>::deserialize(deserializer)?;
    facts.iter().try_for_each(|(key, values)| vocabulary::check(key, values)).map_err(D::Error::custom)?;
    Ok(facts)
}
