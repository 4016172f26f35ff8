//! What a browser adds to a call, and why it keeps the response from the page.

use serde::{Deserialize, Serialize};

use crate::probe::{Body, Head, SentRequest, TransportError};
use crate::terms::words;

/// The page that a call was made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct AsBrowser {
    /// The origin of the page.
    pub origin: String,
    /// Whether the page is the foreign one of the negative control.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub foreign: bool,
    /// The preflight that went first. It is sent once for each path, method and set of headers in a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preflight: Option<Box<Preflight>>,
}

/// A preflight (Fetch standard, "CORS-preflight fetch") with its response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Preflight {
    /// The request.
    pub request: SentRequest,
    /// Status line and headers of the response, if one came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<Head>,
    /// The body.
    #[serde(default)]
    pub body: Body,
    /// Why there is no complete response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<TransportError>,
    /// Why a browser does not send the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Blocked>,
}

/// Why a browser keeps a response from the page, or closes its socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Blocked {
    /// The rule of the browser.
    pub by: BlockReason,
    /// What the response says, redacted.
    pub detail: String,
}

words! {
    /// The rule by which a browser keeps a response from the page.
    pub enum BlockReason {
        /// The response to the preflight is no success.
        Preflight => "preflight",
        /// The response does not allow the page's origin.
        Origin => "origin",
        /// The preflight does not allow the method or a header of the call.
        Request => "request",
        /// The response does not allow credentials.
        Credentials => "credentials",
        /// The response names the allowed origin more than once.
        Twice => "twice",
        /// The client offered subprotocols and the server chose none of them.
        Subprotocol => "subprotocol",
    }
}
