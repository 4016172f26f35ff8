//! FastAPI's 422: a list of problems, outside of the envelope (edge-signatures 3.1).

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::phrasing::{Failure, failed};

/// One entry of the list.
pub(super) struct Problem(Value);

impl Problem {
    pub(super) fn new(kind: &str, loc: &[&str], msg: &str, input: &Value) -> Self {
        Self(json!({ "type": kind, "loc": loc, "msg": msg, "input": input }))
    }

    /// The same, with the limit that was crossed.
    pub(super) fn with_limit(mut self, name: &str, limit: usize) -> Self {
        self.0["ctx"] = json!({ name: limit });
        self
    }

    pub(super) fn missing_body() -> Self {
        Self::new("missing", &["body"], "Field required", &Value::Null)
    }

    pub(super) fn not_an_object(body: &Value) -> Self {
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

/// The answer that lists `problems`.
pub(super) fn unprocessable(problems: Vec<Problem>) -> Response {
    let list = problems.into_iter().map(|problem| problem.0).collect();
    failed(StatusCode::UNPROCESSABLE_ENTITY, Failure::Invalid(list))
}

/// Reads a body as JSON; an empty one is `None`. Malformed JSON is refused even before the bearer is looked at.
pub(super) fn read_json(bytes: &[u8]) -> Result<Option<Value>, Problem> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let parsed = serde_json::from_slice(bytes);
    parsed.map(Some).map_err(|error| Problem::malformed_json(&error))
}

/// A required text of one to `max` characters.
pub(super) fn text_field(fields: &Map<String, Value>, name: &str, max: Option<usize>) -> Result<String, Problem> {
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
