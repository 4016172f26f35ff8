//! The five events of an agent run over a WebSocket, in order.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::terms::iso_now;

/// A client's message to an agent.
pub(crate) struct AgentRequest {
    content: String,
    thread_id: String,
}

impl AgentRequest {
    /// Reads a frame `{"type": ..., "payload": {content, thread_id}}`. Other types yield `None`.
    pub(crate) fn from_frame(frame: &Value) -> Option<Self> {
        let kind = frame["type"].as_str()?;
        if !["user_message", "chat", "agent_request", "start_agent"].contains(&kind) {
            return None;
        }
        let text = |name: &str| frame["payload"][name].as_str().map(str::to_owned);
        let thread_id = text("thread_id").unwrap_or_else(|| format!("thread_{}", Uuid::new_v4().simple()));
        Some(Self { content: text("content")?, thread_id })
    }

    /// Returns the events of a run for `user`.
    pub(crate) fn events(&self, user: &str) -> [Value; 5] {
        let run = Uuid::new_v4().to_string();
        let event = |kind: &str, data: Value| {
            json!({
                "type": kind,
                "run_id": run,
                "user_id": user,
                "thread_id": self.thread_id,
                "agent_name": "ChatAgent",
                "timestamp": iso_now(),
                "data": data,
            })
        };
        let tool = "message_processor";
        [
            event("agent_started", json!({ "status": "started" })),
            event("agent_thinking", json!({ "thought": "Reading the message" })),
            event("tool_executing", json!({ "tool_name": tool })),
            event("tool_completed", json!({ "tool_name": tool, "result": { "status": "success" } })),
            event("agent_completed", json!({ "status": "completed", "result": self.answer() })),
        ]
    }

    fn answer(&self) -> String {
        format!("Agent processed your message: {}", self.content)
    }
}
