//! Which probes a proof is about: `protected valid issued header`.
//!
//! `endpoint:backend.orders` names an endpoint of a target. Words of one axis are alternatives. An axis that is not named matches everything.

use std::str::FromStr;

use clap::ValueEnum as _;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use crate::diagnose::model::fact_schema;
use crate::diagnose::model::probe_class::{Kind, Place, ProbeClass};
use crate::terms::{Caller, TokenKind, TokenLocation};

/// A set of probe classes. An empty list matches everything.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProbeSelector {
    pub(crate) places: Vec<Place>,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) tokens: Vec<TokenKind>,
    pub(crate) token_locations: Vec<TokenLocation>,
    pub(crate) callers: Vec<Option<Caller>>,
    pub(crate) same_user: Option<bool>,
    /// Whether sign-in is optional at the endpoint.
    pub(crate) optional: Option<bool>,
    /// Ids of endpoints of a target. Only entries that a target adds may name them.
    pub(crate) endpoints: Vec<String>,
}

impl ProbeSelector {
    /// Reports whether it matches a probe of this class at this endpoint.
    pub(crate) fn matches_at(&self, endpoint: &str, class: &ProbeClass) -> bool {
        (self.endpoints.is_empty() || self.endpoints.iter().any(|one| one == endpoint)) && self.fits(class)
    }

    fn fits(&self, class: &ProbeClass) -> bool {
        any_of(&self.places, &class.place)
            && any_of(&self.kinds, &class.kind)
            && any_of(&self.tokens, &class.token)
            && any_of(&self.token_locations, &class.token_location)
            && any_of(&self.callers, &class.caller)
            && self.same_user.is_none_or(|same| same == class.same_user)
            && self.optional.is_none_or(|optional| optional == class.optional)
    }
}

fn any_of<T: PartialEq>(wanted: &[T], is: &T) -> bool {
    wanted.is_empty() || wanted.contains(is)
}

impl FromStr for ProbeSelector {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut selector = Self::default();
        for word in text.split_whitespace() {
            selector.add(word).ok_or_else(|| fact_schema::unknown(word, words().iter().map(String::as_str)))?;
        }
        Ok(selector)
    }
}

/// The prefix of the id of an endpoint.
const ENDPOINT: &str = "endpoint:";

/// Words that are neither tokens nor callers.
const WORDS: [&str; 18] = [
    "backend.health",
    "auth.health",
    "protected",
    "introspection",
    "issuer",
    "self-check",
    "http",
    "sse",
    "websocket",
    "header",
    "subprotocol",
    "query",
    "body",
    "free",
    "same-user",
    "other-user",
    "required",
    "optional",
];

/// Returns every known word.
fn words() -> Vec<String> {
    let tokens = TokenKind::value_variants().iter().map(|token| token.as_str().to_owned());
    let callers = Caller::HARMLESS_FIRST.into_iter().map(|caller| format!("caller:{}", caller.as_str()));
    WORDS
        .map(str::to_owned)
        .into_iter()
        .chain(tokens)
        .chain(callers)
        .chain([format!("{ENDPOINT}backend.NAME")])
        .collect()
}

impl ProbeSelector {
    fn add(&mut self, word: &str) -> Option<()> {
        match word {
            "backend.health" => self.places.push(Place::BackendHealth),
            "auth.health" => self.places.push(Place::AuthHealth),
            "protected" => self.places.push(Place::Protected),
            "direct.health" => self.places.push(Place::DirectHealth),
            "direct" => self.places.push(Place::Direct),
            // The second word is the old spelling, in entries of users.
            "introspection" | "oracle" => self.places.push(Place::Introspection),
            "issuer" => self.places.push(Place::Issuer),
            "self-check" => self.places.push(Place::SelfCheck),
            "http" => self.kinds.push(Kind::Http),
            "sse" => self.kinds.push(Kind::Sse),
            "websocket" => self.kinds.push(Kind::Websocket),
            "header" => self.token_locations.push(TokenLocation::Header),
            "subprotocol" => self.token_locations.push(TokenLocation::Subprotocol),
            "query" => self.token_locations.push(TokenLocation::Query),
            "body" => self.token_locations.push(TokenLocation::Body),
            "cookie" => self.token_locations.push(TokenLocation::Cookie),
            "free" => self.callers.push(None),
            "same-user" => self.same_user = Some(true),
            "other-user" => self.same_user = Some(false),
            "required" => self.optional = Some(false),
            "optional" => self.optional = Some(true),
            _ => return self.add_token_or_caller(word),
        }
        Some(())
    }

    fn add_token_or_caller(&mut self, word: &str) -> Option<()> {
        if let Some(id) = word.strip_prefix(ENDPOINT) {
            id.split_once('.').filter(|(service, name)| matches!(*service, "backend" | "auth") && !name.is_empty())?;
            self.endpoints.push(id.to_owned());
        } else if let Some(name) = word.strip_prefix("caller:") {
            let caller = Caller::HARMLESS_FIRST.into_iter().find(|caller| caller.as_str() == name)?;
            self.callers.push(Some(caller));
        } else {
            let value = serde_json::Value::String(word.to_owned());
            self.tokens.push(serde_json::from_value(value).ok()?);
        }
        Some(())
    }
}

impl<'de> Deserialize<'de> for ProbeSelector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
