//! The system that a run tested.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The addresses of the system, and the page of its browsers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct System {
    /// The backend's base URL, through the edge.
    pub backend: String,
    /// The page whose scripts call the system, if its clients are browsers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<PageReport>,
}

/// A page of a browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PageReport {
    /// Its origin.
    pub origin: String,
    /// Whether it sends cookies to other origins.
    pub credentials: bool,
}
