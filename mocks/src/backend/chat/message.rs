//! A chat message, and the request body that makes one.

use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::backend::error::{Problem, text_field};
use crate::terms::iso_now;

/// The body of a new message: `content` (1 to 8000 characters), `thread_id` (not empty), `message_type`, `metadata`.
pub(crate) struct NewMessage {
    pub(crate) content: String,
    pub(crate) thread_id: String,
    pub(crate) message_type: String,
    pub(crate) metadata: Value,
}

impl NewMessage {
    /// Checks the body and reports every problem, as pydantic does. `also` names one more required text.
    pub(crate) fn from_body(body: &Value, also: Option<&str>) -> Result<Self, Vec<Problem>> {
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

/// A message as the backend stores and returns it.
#[derive(Clone, Serialize)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) content: String,
    pub(crate) user_id: String,
    pub(crate) thread_id: String,
    pub(crate) timestamp: String,
    pub(crate) message_type: String,
    pub(crate) metadata: Value,
}

impl Message {
    /// Makes a message of `user_id` with a fresh id and the present time.
    pub(crate) fn of(user_id: &str, new: NewMessage) -> Self {
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
