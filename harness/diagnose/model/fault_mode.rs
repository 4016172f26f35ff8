//! One way in which a fault can be there: the facts that it demands.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use crate::config::Target;
use crate::diagnose::model::fact::{Fact, UNKNOWN};
use crate::diagnose::model::fact_schema;

/// One way in which a fault can be there. Most faults have one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Mode")]
pub(crate) struct FaultMode {
    /// Its name among the modes of the fault.
    #[serde(default)]
    pub(crate) name: String,
    /// Facts it demands, where they are known: key and allowed values.
    #[serde(default, deserialize_with = "facts")]
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub(crate) facts: BTreeMap<String, Vec<String>>,
    /// Facts that it usually shows, where they are known. A difference lowers the score and contradicts nothing.
    #[serde(default, deserialize_with = "facts")]
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub(crate) usual_facts: BTreeMap<String, Vec<String>>,
    /// Restricts it to backends that check their configuration at the start (`true`), or to those that do not
    /// (`false`).
    pub(crate) startup_check: Option<bool>,
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
        self.startup_check.is_none_or(|checks| target.startup_check.is_none_or(|known| known == checks))
    }
}

fn facts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Vec<String>>, D::Error> {
    let facts = BTreeMap::<String, Vec<String>>::deserialize(deserializer)?;
    facts.iter().try_for_each(|(key, values)| fact_schema::check(key, values)).map_err(D::Error::custom)?;
    Ok(facts)
}
