//! A JSON Schema that a body must fit.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

/// A JSON Schema (draft 4 to 2020-12), compiled. Needs the feature `json-schema`.
#[derive(Clone)]
pub struct JsonSchema(Arc<Compiled>);

#[cfg(feature = "json-schema")]
type Compiled = jsonschema::Validator;
#[cfg(not(feature = "json-schema"))]
type Compiled = std::convert::Infallible;

impl JsonSchema {
    /// Compiles a schema. A reference to another document is not followed.
    ///
    /// # Errors
    /// When it is no JSON Schema, or this build has no feature `json-schema`.
    #[cfg(feature = "json-schema")]
    pub(crate) fn compile(schema: &Value) -> Result<Self, String> {
        let compiled = jsonschema::validator_for(schema).map_err(|error| format!("is no JSON Schema: {error}"))?;
        Ok(Self(Arc::new(compiled)))
    }

    #[cfg(not(feature = "json-schema"))]
    pub(crate) fn compile(_: &Value) -> Result<Self, String> {
        Err("needs a build with the feature `json-schema`: `cargo install --path . --features json-schema`".to_owned())
    }

    /// Reports whether a value fits the schema.
    #[must_use]
    pub fn fits(&self, value: &Value) -> bool {
        #[cfg(feature = "json-schema")]
        return self.0.is_valid(value);
        #[cfg(not(feature = "json-schema"))]
        match (*self.0, value) {}
    }
}

impl JsonSchema {
    /// Returns the first thing in which a value does not fit the schema, with its place (RFC 6901).
    #[must_use]
    pub fn flaw(&self, value: &Value) -> Option<String> {
        #[cfg(feature = "json-schema")]
        return self.0.iter_errors(value).next().map(|error| {
            let says: String = error.to_string().chars().take(200).collect();
            format!("{says}, at `{}`", error.instance_path())
        });
        #[cfg(not(feature = "json-schema"))]
        match (*self.0, value) {}
    }
}

impl fmt::Debug for JsonSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonSchema").finish_non_exhaustive()
    }
}
