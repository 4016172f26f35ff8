//! The grammar of `proof` in the catalogue, which says what proves a link of the chain: `introspection valid = ok`,
//! `protected valid ~ wrong-key`, `fact service-secret`, `fact backend.rollout = failed`, `log`.

use std::str::FromStr;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use crate::diagnose::model::fact_schema;
use crate::diagnose::model::probe_selector::ProbeSelector;
use crate::observe::Outcome;
use crate::terms::TokenKind;

/// The forms of a proof, for messages.
const GRAMMAR: &str =
    "expected `SELECTOR = result|result`, `SELECTOR ~ token`, `fact KEY`, `fact KEY = value|value` or `log`";

/// A rule that finds the proof of a claim.
#[derive(Debug, Clone)]
pub(crate) enum EvidenceRule {
    /// A reading of these probes that ended in one of these ways.
    Reading(ProbeSelector, Vec<Outcome>),
    /// A reading with the same response as this token gets at the same endpoint.
    SameAs(ProbeSelector, TokenKind),
    /// A fact with one of these values. Empty: a value that the fault demands.
    Fact(String, Vec<String>),
    /// A log line of this fault.
    Log,
}

impl FromStr for EvidenceRule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "log" {
            return Ok(Self::Log);
        }
        if let Some(fact) = text.strip_prefix("fact ") {
            let (key, values) = fact.split_once(" = ").unwrap_or((fact, ""));
            let values: Vec<String> = values.split('|').filter(|value| !value.is_empty()).map(str::to_owned).collect();
            fact_schema::check(key, &values)?;
            return Ok(Self::Fact(key.to_owned(), values));
        }
        if let Some((on, token)) = text.split_once(" ~ ") {
            return Ok(Self::SameAs(on.parse()?, word(token)?));
        }
        let (on, results) = text.split_once(" = ").ok_or_else(|| format!("`{text}` is not a proof: {GRAMMAR}"))?;
        Ok(Self::Reading(on.parse()?, results.split('|').map(word).collect::<Result<_, _>>()?))
    }
}

fn word<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::String(text.trim().to_owned())).map_err(|error| error.to_string())
}

impl<'de> Deserialize<'de> for EvidenceRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
