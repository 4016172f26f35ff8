//! The JSON of a HAR file. Only the fields that are used; every other field is ignored.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::observe::Observation;
use crate::probe::{Body, Close, Phases, ProbeKey, StreamEvent, TransportError};
use crate::token::IssuedJwt;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Har {
    pub(super) log: Log,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Log {
    #[serde(default)]
    pub(super) version: String,
    #[serde(default)]
    pub(super) creator: Option<Creator>,
    pub(super) entries: Vec<Value>,
    /// The report of the run, without its probes.
    #[serde(rename = "_fivewhys", default, skip_serializing_if = "Option::is_none")]
    pub(super) run: Option<Value>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Creator {
    pub(super) name: String,
    pub(super) version: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    pub(super) started_date_time: jiff::Timestamp,
    /// Milliseconds.
    #[serde(default)]
    pub(super) time: Option<f64>,
    pub(super) request: Request,
    pub(super) response: Response,
    #[serde(default)]
    pub(super) cache: Cache,
    #[serde(default)]
    pub(super) timings: Timings,
    #[serde(rename = "_resourceType", default, skip_serializing_if = "Option::is_none")]
    pub(super) resource_type: Option<String>,
    #[serde(rename = "_webSocketMessages", default, skip_serializing_if = "Vec::is_empty")]
    pub(super) messages: Vec<Message>,
    /// What HAR has no field for.
    #[serde(rename = "_fivewhys", default, skip_serializing_if = "Option::is_none")]
    pub(super) probe: Option<Box<Probe>>,
}

/// HAR requires the field. It is empty here.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Cache {}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) url: String,
    #[serde(default)]
    pub(super) http_version: String,
    #[serde(default)]
    pub(super) cookies: Vec<Value>,
    #[serde(default)]
    pub(super) headers: Vec<Header>,
    #[serde(default)]
    pub(super) query_string: Vec<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) post_data: Option<PostData>,
    #[serde(default = "unknown")]
    pub(super) headers_size: i64,
    #[serde(default = "unknown")]
    pub(super) body_size: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) name: String,
    #[serde(default)]
    pub(super) value: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct PostData {
    pub(super) mime_type: String,
    pub(super) text: String,
    /// The fields of a form, which some exporters write in place of the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) params: Vec<Param>,
}

/// One field of a form.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Param {
    pub(super) name: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Response {
    /// 0 where no response came.
    pub(super) status: i64,
    #[serde(default)]
    pub(super) status_text: String,
    #[serde(default)]
    pub(super) http_version: String,
    #[serde(default)]
    pub(super) cookies: Vec<Value>,
    #[serde(default)]
    pub(super) headers: Vec<Header>,
    #[serde(default)]
    pub(super) content: Content,
    #[serde(rename = "redirectURL", default)]
    pub(super) redirect_url: String,
    #[serde(default = "unknown")]
    pub(super) headers_size: i64,
    #[serde(default = "unknown")]
    pub(super) body_size: i64,
    /// Chromium's error code: `net::ERR_CONNECTION_REFUSED`, or its message. Playwright calls it `_failureText`.
    #[serde(rename = "_error", alias = "_failureText", default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Content {
    pub(super) size: i64,
    pub(super) mime_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) encoding: Option<String>,
}

/// Milliseconds; -1 where a phase does not apply.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Timings {
    pub(super) blocked: Option<f64>,
    pub(super) dns: Option<f64>,
    pub(super) connect: Option<f64>,
    pub(super) send: Option<f64>,
    pub(super) wait: Option<f64>,
    pub(super) receive: Option<f64>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Message {
    /// `send` or `receive`.
    #[serde(rename = "type")]
    pub(super) direction: String,
    /// Seconds since 1970.
    pub(super) time: f64,
    #[serde(default)]
    pub(super) opcode: u8,
    #[serde(default)]
    pub(super) data: String,
}

/// What HAR has no field for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Probe {
    pub(super) id: u32,
    pub(super) probe: ProbeKey,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) step: Option<String>,
    pub(super) trace_id: String,
    /// The body, for its size and whether it was cut. Its text is in `response.content`.
    pub(super) body: Body,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) trailers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) events: Vec<StreamEvent>,
    /// The name and the time of each message, in ms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) names: Vec<(u64, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) close: Option<Close>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<TransportError>,
    pub(super) phases: Phases,
    #[serde(flatten)]
    pub(super) issued: IssuedJwt,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) unissued: bool,
    /// What the run made of it. A step may have required more than a success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) observation: Option<Observation>,
}

/// HAR writes -1 for a size that is not known.
const fn unknown() -> i64 {
    -1
}
