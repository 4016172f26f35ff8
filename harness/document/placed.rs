//! A value of a configuration file, with the place where it is written.

use std::borrow::Cow;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::document::{ConfigError, Source};

/// A value and its place. Later errors about the value can point at it.
#[derive(Debug, Clone)]
pub(crate) struct Placed<T> {
    pub(crate) value: T,
    span: Range<usize>,
    source: Option<Source>,
}

impl<T> Placed<T> {
    /// Records the text that the place is in.
    pub(crate) fn settle(&mut self, source: &Source) {
        self.source = Some(source.clone());
    }

    /// Returns the error with the place of the value.
    pub(crate) fn blame(&self, error: ConfigError) -> ConfigError {
        match &self.source {
            Some(source) => error.at(source, self.span.clone()),
            None => error,
        }
    }

    /// Returns another value at the same place.
    pub(crate) fn with<U>(self, value: U) -> Placed<U> {
        Placed { value, span: self.span, source: self.source }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Placed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<T>::deserialize(deserializer)?;
        Ok(Self { span: spanned.span(), value: spanned.into_inner(), source: None })
    }
}

impl<T: JsonSchema> JsonSchema for Placed<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
