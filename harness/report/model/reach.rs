//! How the run reached the target, where that is not what every client does.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the run reached the target, where that is not what every client does.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reach {
    /// The addresses that were called instead of what a name resolves to: `api.example.com:443 at 10.0.0.7`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
    /// How long the run waited until the health endpoint answered, if it was told to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waited: Option<Waited>,
}

/// A wait before the first step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Waited {
    /// The health endpoint.
    pub endpoint: String,
    /// How long the run waited, in milliseconds. It is no part of the run budget.
    pub ms: f64,
    /// Whether the endpoint answered as its `accept` says.
    pub answered: bool,
    /// How the last call ended, if the endpoint did not answer: `status 503`, `connection_refused`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
}

impl Reach {
    pub(crate) fn is_usual(&self) -> bool {
        self.addresses.is_empty() && self.waited.is_none()
    }
}
