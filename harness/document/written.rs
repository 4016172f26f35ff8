//! Compound values of a configuration file.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, Error, IntoDeserializer as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_json_path::JsonPath;
use toml::Spanned;

use crate::document::placeholder::strings;
use crate::document::shown::Source;
use crate::document::values::Query;

/// A table whose keys the author chooses, in the order written.
#[derive(Debug, Clone)]
pub(crate) struct Named<K, V>(pub(crate) Vec<Entry<V>>, PhantomData<fn() -> K>);

/// One key of such a table, and the place where it was last written.
#[derive(Debug, Clone)]
pub(crate) struct Entry<V> {
    pub(crate) name: String,
    pub(crate) span: Range<usize>,
    pub(crate) source: Option<Source>,
    pub(crate) value: V,
}

/// One value, or a list of them.
#[derive(Debug, Clone)]
pub(crate) struct OneOrMany<T>(pub(crate) Vec<T>);

/// Any JSON value. TOML dates become strings.
#[derive(Debug, Clone)]
pub(crate) struct Json(pub(crate) Value);

/// A condition on JSON: `{ path = "$.status", is = "healthy" }`. `is` may be a list of allowed values. When absent, any
/// value is allowed.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Match {
    path: Query,
    /// The allowed value, or a list of allowed values. When absent, any value is allowed.
    #[serde(default)]
    #[schemars(with = "Json")]
    is: AnyOf,
}

/// One JSON value, or a list of them that is not empty.
#[derive(Debug, Clone, Default)]
struct AnyOf(Vec<Value>);

impl Match {
    /// Returns the texts in which a scenario may name a captured value.
    pub(crate) fn texts(&self) -> impl Iterator<Item = String> {
        let values = self.is.0.iter().flat_map(strings).map(str::to_owned);
        std::iter::once(self.path.0.to_string()).chain(values)
    }

    pub(crate) fn into_json_match(self) -> JsonMatch {
        JsonMatch { path: self.path.0, any_of: self.is.0 }
    }
}

/// A JSONPath (RFC 9535) and the values that it must find.
#[derive(Debug, Clone)]
pub struct JsonMatch {
    /// The place in the JSON.
    pub path: JsonPath,
    /// The allowed values. Empty allows every value.
    pub any_of: Vec<Value>,
}

impl JsonMatch {
    /// Reports whether the path finds a node with an allowed value. With no allowed values, any node is enough.
    #[must_use]
    pub fn holds(&self, json: &Value) -> bool {
        let nodes = self.path.query(json).all();
        if self.any_of.is_empty() {
            return !nodes.is_empty();
        }
        nodes.iter().any(|node| self.any_of.contains(node))
    }
}

impl<K, V> Default for Named<K, V> {
    fn default() -> Self {
        Self(Vec::new(), PhantomData)
    }
}

impl<'de, K: Deserialize<'de> + Into<String>, V: Deserialize<'de>> Deserialize<'de> for Named<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<K, V>(PhantomData<fn() -> (K, V)>);
        impl<'de, K: Deserialize<'de> + Into<String>, V: Deserialize<'de>> Visitor<'de> for Entries<K, V> {
            type Value = Named<K, V>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key::<Spanned<K>>()? {
                    let (span, name) = (key.span(), key.into_inner().into());
                    entries.push(Entry { name, span, source: None, value: map.next_value()? });
                }
                Ok(Named(entries, PhantomData))
            }
        }
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values<T>(PhantomData<fn() -> T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Values<T> {
            type Value = OneOrMany<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one value or a list")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                T::deserialize(text.into_deserializer()).map(|value| OneOrMany(vec![value]))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                T::deserialize(number.into_deserializer()).map(|value| OneOrMany(vec![value]))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|value| OneOrMany(vec![value]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(sequence)).map(OneOrMany)
            }
        }
        deserializer.deserialize_any(Values(PhantomData))
    }
}

impl<'de> Deserialize<'de> for AnyOf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)?.0 {
            Value::Array(values) if values.is_empty() => Err(D::Error::custom("an empty list allows no value")),
            Value::Array(values) => Ok(Self(values)),
            value => Ok(Self(vec![value])),
        }
    }
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        json(toml::Value::deserialize(deserializer)?).map(Self).map_err(D::Error::custom)
    }
}

fn json(value: toml::Value) -> Result<Value, &'static str> {
    Ok(match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::Number(Number::from_f64(number).ok_or("JSON has no `nan` and no `inf`")?),
        toml::Value::Boolean(yes) => Value::Bool(yes),
        toml::Value::Datetime(time) => Value::String(time.to_string()),
        toml::Value::Array(values) => Value::Array(values.into_iter().map(json).collect::<Result<_, _>>()?),
        toml::Value::Table(table) => Value::Object(
            table
                .into_iter()
                .map(|(name, value)| Ok((name, json(value)?)))
                .collect::<Result<Map<_, _>, &'static str>>()?,
        ),
    })
}
