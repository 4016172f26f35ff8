//! What becomes of a task once it is handed to the agents, and of the events they send.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::Backend;
use crate::deployment::BackendDefect;
use crate::logs::Severity;

/// How long the agents take where the twin does not spare it.
const USUAL: Duration = Duration::from_secs(3);
/// How long they wait for their model.
const LIMIT: Duration = Duration::from_secs(2);
/// What the fallback handler says of any message (contract 1.6, "Canned fallback handler").
pub(super) const CANNED: &str = "I have received your message and am processing it.";

/// How a task ends.
pub(super) enum Outcome {
    Done,
    /// The fallback handler answered.
    Canned,
    /// Nobody took it.
    Untouched,
    TimedOut,
}

impl Backend {
    /// Waits for the agents.
    pub(super) async fn await_agents(&self) -> Outcome {
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

    /// What arrives of a run's events, each of which has a `type`.
    pub(super) fn delivered(&self, events: Vec<Value>, outcome: &Outcome) -> Vec<Value> {
        match outcome {
            Outcome::Done => events,
            Outcome::Canned => events.into_iter().map(canned).collect(),
            Outcome::Untouched => events.into_iter().filter(|event| !of_agents(event)).collect(),
            Outcome::TimedOut => {
                let begun = events.into_iter().take_while(|event| event["type"] != "tool_executing");
                begun.chain([timed_out()]).collect()
            }
        }
    }
}

/// Whether an agent sends it; the stream's own frame and the echo of the message come from the route.
fn of_agents(event: &Value) -> bool {
    !matches!(event["type"].as_str(), Some("stream_start" | "user_message" | "stream_end"))
}

/// The same event with nothing of the message in it.
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
