//! One way in which a fault can show: what it predicts for probes and demands of facts.

use std::collections::BTreeMap;
use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use toml::Spanned;

use crate::config::{Target, Validation};
use crate::diagnose::model::fact::{Fact, UNKNOWN};
use crate::diagnose::model::fact_schema;
use crate::diagnose::model::fault::Prior;
use crate::diagnose::model::prediction::{Expectation, Prediction};
use crate::diagnose::model::probe_class::ProbeClass;
use crate::observe::Outcome;

/// One way in which a fault can show.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Mode")]
pub(crate) struct FaultMode {
    /// Its name among the modes of the fault.
    #[serde(default)]
    pub(crate) name: String,
    /// Sets of predictions from `expectations.toml`.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    includes: Vec<Spanned<String>>,
    /// What it predicts for probes.
    #[serde(default)]
    pub(crate) predict: Vec<Prediction>,
    /// Facts it demands, where they are known: key and allowed values.
    #[serde(default, deserialize_with = "facts")]
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub(crate) facts: BTreeMap<String, Vec<String>>,
    /// What it usually predicts. A difference lowers the score and contradicts nothing.
    #[serde(default)]
    pub(crate) usual: Vec<Prediction>,
    /// Facts that it usually shows, where they are known. A difference lowers the score and contradicts nothing.
    #[serde(default, deserialize_with = "facts")]
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub(crate) usual_facts: BTreeMap<String, Vec<String>>,
    /// Whether its failures are intermittent.
    #[serde(default)]
    pub(crate) comes_and_goes: bool,
    /// How common this mode is, if that differs from the fault.
    pub(crate) prior: Option<Prior>,
    /// Whether the fault lies behind the edge: then calls directly at the backend end as calls through the edge do.
    #[serde(skip)]
    pub(crate) inside: bool,
    /// Restricts it to backends that check their configuration at the start (`true`), or to those that do not
    /// (`false`).
    pub(crate) startup_check: Option<bool>,
    /// The ways of token validation under which it is possible. Empty: any.
    #[serde(default)]
    pub(crate) validation: Vec<Validation>,
}

impl FaultMode {
    /// Reports whether the mode demands this value of the fact.
    pub(crate) fn demands(&self, fact: &Fact) -> bool {
        self.facts.get(fact.key).is_some_and(|allowed| allowed.iter().any(|word| word == fact.value))
    }

    /// Reports whether the mode usually shows this value of the fact.
    pub(crate) fn usually_shows(&self, fact: &Fact) -> bool {
        self.usual_facts.get(fact.key).is_some_and(|usual| usual.iter().any(|word| word == fact.value))
    }

    /// Reports whether the mode allows the fact: the value is unknown, not mentioned, or demanded.
    pub(crate) fn agrees(&self, fact: &Fact) -> bool {
        fact.value == UNKNOWN || !self.facts.contains_key(fact.key) || self.demands(fact)
    }

    /// Reports whether the mode is possible in this target.
    pub(crate) fn is_possible_in(&self, target: &Target) -> bool {
        let judged = self.validation.is_empty() || self.validation.iter().any(|one| one.is_like(target.validation));
        judged && self.startup_check.is_none_or(|checks| target.startup_check.is_none_or(|known| known == checks))
    }

    /// Returns how probes of this class may end, by the narrowest prediction. `None`: the mode makes no prediction.
    pub(crate) fn predicted_outcomes(&self, class: &ProbeClass) -> Option<&Vec<Outcome>> {
        let speaking = self.predict.iter().filter(|one| one.on.matches(class) && !one.result.is_empty());
        speaking.map(|one| &one.result).min_by_key(|result| result.len())
    }

    /// Adds the predictions of the sets that it includes.
    ///
    /// # Errors
    /// With the place of an unknown set and the message about it.
    pub(crate) fn include(&mut self, shared: &BTreeMap<String, Expectation>) -> Result<(), (Range<usize>, String)> {
        for name in &self.includes {
            let unknown = || (name.span(), fact_schema::unknown(name.get_ref(), shared.keys().map(String::as_str)));
            let set = shared.get(name.get_ref()).ok_or_else(unknown)?;
            self.predict.extend(set.predict.iter().cloned());
            self.usual.extend(set.usual.iter().cloned());
        }
        Ok(())
    }
}

fn facts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Vec<String>>, D::Error> {
    let facts = BTreeMap::<String, Vec<String>>::deserialize(deserializer)?;
    facts.iter().try_for_each(|(key, values)| fact_schema::check(key, values)).map_err(D::Error::custom)?;
    Ok(facts)
}
