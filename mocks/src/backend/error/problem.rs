//! FastAPI's 422: a list of problems with a request, without the envelope.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::phrasing::{Failure, failed};

/// One problem with a request.
pub(crate) struct Problem(Value);

impl Problem {
    /// Makes a problem; `loc` is its place in the request.
    pub(crate) fn new(kind: &str, loc: &[&str], msg: &str, input: &Value) -> Self {
        Self(json!({ "type": kind, "loc": loc, "msg": msg, "input": input }))
    }

    /// Adds the limit that the value crosses.
    pub(crate) fn with_limit(mut self, name: &str, limit: usize) -> Self {
        self.0["ctx"] = json!({ name: limit });
        self
    }

    /// Makes the problem of a request without a body.
    pub(crate) fn missing_body() -> Self {
        Self::new("missing", &["body"], "Field required", &Value::Null)
    }

    /// Makes the problem of a body that is not a JSON object.
    pub(crate) fn not_an_object(body: &Value) -> Self {
        let msg = "Input should be a valid dictionary or object to extract fields from";
        Self::new("model_attributes_type", &["body"], msg, body)
    }

    fn malformed_json(error: &serde_json::Error) -> Self {
        Self(json!({
            "type": "json_invalid",
            "loc": ["body", error.column()],
            "msg": "JSON decode error",
            "input": {},
            "ctx": { "error": "Expecting value" },
        }))
    }
}

/// Returns the response that lists `problems`.
pub(crate) fn unprocessable(problems: Vec<Problem>) -> Response {
    let list = problems.into_iter().map(|problem| problem.0).collect();
    failed(StatusCode::UNPROCESSABLE_ENTITY, Failure::Invalid(list))
}

/// Reads a body as JSON. An empty body is `None`. FastAPI refuses malformed JSON before it looks at the bearer.
pub(crate) fn read_json(bytes: &[u8]) -> Result<Option<Value>, Problem> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let parsed = serde_json::from_slice(bytes);
    parsed.map(Some).map_err(|error| Problem::malformed_json(&error))
}

/// Reads a required text of one to `max` characters.
pub(crate) fn text_field(fields: &Map<String, Value>, name: &str, max: Option<usize>) -> Result<String, Problem> {
    let loc = ["body", name];
    let Some(value) = fields.get(name) else {
        return Err(Problem::new("missing", &loc, "Field required", &Value::Object(fields.clone())));
    };
    let Some(text) = value.as_str() else {
        return Err(Problem::new("string_type", &loc, "Input should be a valid string", value));
    };
    let length = text.chars().count();
    if length == 0 {
        let msg = "String should have at least 1 character";
        return Err(Problem::new("string_too_short", &loc, msg, value).with_limit("min_length", 1));
    }
    match max {
        Some(max) if length > max => {
            let msg = format!("String should have at most {max} characters");
            Err(Problem::new("string_too_long", &loc, &msg, value).with_limit("max_length", max))
        }
        _ => Ok(text.to_owned()),
    }
}
