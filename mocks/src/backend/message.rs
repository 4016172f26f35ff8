//! A chat message, and the request that makes one (contract 1.2).

use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::health::iso_now;
use super::schema::{Problem, text_field};

/// What a client may post: `content` (1..8000 characters), `thread_id` (1 or more), `message_type`, `metadata`.
pub(super) struct NewMessage {
    pub(super) content: String,
    pub(super) thread_id: String,
    pub(super) message_type: String,
    pub(super) metadata: Value,
}

impl NewMessage {
    /// Checks the body's schema, with one more required text if `also` names one; every problem is reported, as pydantic does.
    pub(super) fn from_body(body: &Value, also: Option<&str>) -> Result<Self, Vec<Problem>> {
        let Some(fields) = body.as_object() else { return Err(vec![Problem::not_an_object(body)]) };
        let content = text_field(fields, "content", Some(8000));
        let thread_id = text_field(fields, "thread_id", None);
        let also = also.map(|name| text_field(fields, name, None)).transpose();
        match (content, thread_id, also) {
            (Ok(content), Ok(thread_id), Ok(_)) => Ok(Self::new(fields, content, thread_id)),
            (content, thread_id, also) => {
                Err([content.err(), thread_id.err(), also.err()].into_iter().flatten().collect())
            }
        }
    }

    fn new(fields: &Map<String, Value>, content: String, thread_id: String) -> Self {
        let message_type = fields.get("message_type").and_then(Value::as_str).unwrap_or("user").to_owned();
        let metadata = fields.get("metadata").cloned().unwrap_or_default();
        Self { content, thread_id, message_type, metadata }
    }
}

/// A message as it is stored and answered.
#[derive(Clone, Serialize)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) content: String,
    pub(super) user_id: String,
    pub(super) thread_id: String,
    pub(super) timestamp: String,
    pub(super) message_type: String,
    pub(super) metadata: Value,
}

impl Message {
    /// A message of `user_id`, with a fresh id and the present time.
    pub(super) fn of(user_id: &str, new: NewMessage) -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            content: new.content,
            user_id: user_id.to_owned(),
            thread_id: new.thread_id,
            timestamp: iso_now(),
            message_type: new.message_type,
            metadata: new.metadata,
        }
    }
}
