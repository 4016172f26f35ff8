//! The agents behind the backend: how a task ends, and which of its events the client receives.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::backend::Backend;
use crate::deployment::BackendDefect;
use crate::logs::Severity;

/// The usual working time of the agents. A build without the defect answers at once.
const USUAL: Duration = Duration::from_secs(3);
/// The agents' time limit for their model.
const LIMIT: Duration = Duration::from_secs(2);
/// The fallback handler's response to every message.
pub(crate) const CANNED: &str = "I have received your message and am processing it.";

/// The end of a task.
pub(crate) enum Outcome {
    Done,
    /// The fallback handler answered.
    Canned,
    /// No supervisor took the task.
    Untouched,
    TimedOut,
}

impl Backend {
    /// Waits for the agents and returns how the task ended.
    pub(crate) async fn await_agents(&self) -> Outcome {
        if self.has(BackendDefect::AgentsTakeTheirTime) {
            tokio::time::sleep(USUAL).await;
        }
        if self.has(BackendDefect::AgentsAbsent) {
            self.log.message(Severity::Warning, "No agent supervisor: the message is not handed on");
            return Outcome::Untouched;
        }
        if self.has(BackendDefect::AgentsTimeOut) {
            tokio::time::sleep(LIMIT).await;
            self.log.message(Severity::Error, "Agent execution timed out after 2.0s: no answer from the model");
            return Outcome::TimedOut;
        }
        if self.has(BackendDefect::AgentsFallBack) {
            self.log.message(Severity::Warning, "Agent supervisor not available - using fallback handler");
            return Outcome::Canned;
        }
        Outcome::Done
    }

    /// Returns the events that the client receives, given all events of a run. Each event has a `type`.
    pub(crate) fn delivered(&self, events: Vec<Value>, outcome: &Outcome) -> Vec<Value> {
        match outcome {
            Outcome::Done => events,
            Outcome::Canned => events.into_iter().map(canned).collect(),
            Outcome::Untouched => events.into_iter().filter(|event| !is_from_agent(event)).collect(),
            Outcome::TimedOut => {
                let begun = events.into_iter().take_while(|event| event["type"] != "tool_executing");
                begun.chain([timed_out()]).collect()
            }
        }
    }
}

/// Reports whether an agent sends the event. The route itself sends the stream's frame and the echo of the message.
fn is_from_agent(event: &Value) -> bool {
    !matches!(event["type"].as_str(), Some("stream_start" | "user_message" | "stream_end"))
}

/// Replaces every answer in an event with the fallback handler's.
fn canned(mut event: Value) -> Value {
    for place in ["content", "answer"] {
        if event.get(place).is_some() {
            event[place] = json!(CANNED);
        }
    }
    for place in ["message", "data"] {
        if event[place]["content"].is_string() && event["type"] == "response_complete" {
            event[place]["content"] = json!(CANNED);
        }
        if event[place]["result"].is_string() {
            event[place]["result"] = json!(CANNED);
        }
    }
    if event.get("tool_name").is_some() {
        event["tool_name"] = json!("response_generator");
    }
    event
}

fn timed_out() -> Value {
    json!({ "type": "agent_error", "run_id": Uuid::new_v4().to_string(), "error": "Agent execution timed out" })
}
