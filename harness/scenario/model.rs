//! A scenario, parsed and checked. Sits in `scenario`; `run` drives it, `tests/` read its attribution table.

use std::ops::Range;
use std::time::Duration;

use serde_json_path::JsonPath;

use crate::document::{JsonMatch, Source};
use crate::terms::{Caller, TokenKind, TokenLocation};

/// One scenario file.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The file's stem: `chat-stream`.
    pub id: String,
    /// One line: what it proves.
    pub title: String,
    /// Where it was read from, for messages.
    pub source: String,
    /// What is driven, in order. Matrices are already unfolded.
    pub steps: Vec<Step>,
    /// What is driven after them, whatever became of them: cleaning up.
    pub finally: Vec<Step>,
    /// What it must be attributed to in the twin, per fault and dialect.
    pub attribution: Vec<Attribution>,
    /// The file's text, for errors that point into it.
    pub(super) text: Source,
}

/// One call and what is expected of it.
#[derive(Debug, Clone)]
pub struct Step {
    /// Unique in its scenario: `send`, or `refuse-wrong-key` where a matrix was unfolded.
    pub id: String,
    /// Line of the step in its file, from 1.
    pub line: usize,
    /// The endpoint's id.
    pub call: String,
    /// The user's name; nothing for the target's first.
    pub user: Option<String>,
    /// What is presented.
    pub token: TokenKind,
    /// How it travels; nothing for the endpoint's usual token location.
    pub token_location: Option<TokenLocation>,
    /// Who we say we are; nothing for `right` where the evidence is granted and `none` where it is not.
    pub caller: Option<Caller>,
    /// Replaces the endpoint's path. `{name}` is replaced by a capture.
    pub path: Option<String>,
    /// Added to (and by name replacing) the endpoint's query.
    pub query: Vec<(String, String)>,
    /// Replaces the endpoint's body. Strings may hold `{name}`.
    pub body: Option<serde_json::Value>,
    /// Replaces the endpoint's messages. Strings may hold `{name}`.
    pub send: Option<Vec<serde_json::Value>>,
    /// Captures for later steps: name and where in the body (or in any event or frame) it is found.
    pub capture: Vec<(String, JsonPath)>,
    /// What must hold.
    pub expect: Expect,
    /// Where in the file it says so.
    pub(super) places: Places,
}

/// Byte ranges of a step's values in its file. What is not written has the range of nothing.
#[derive(Debug, Clone)]
pub(super) struct Places {
    pub(super) id: Range<usize>,
    pub(super) call: Range<usize>,
    pub(super) user: Range<usize>,
    pub(super) token: Range<usize>,
    pub(super) token_location: Range<usize>,
    pub(super) caller: Range<usize>,
}

/// What a step must give. What is not given is not asked.
#[derive(Debug, Clone, Default)]
pub struct Expect {
    /// Allowed status codes.
    pub status: Vec<u16>,
    /// Header name (lower case) and a pattern with `*`.
    pub headers: Vec<(String, String)>,
    /// Predicates on the JSON body.
    pub json: Vec<JsonMatch>,
    /// Names of events or frames that must come in this order (others may come between).
    pub events: Vec<String>,
    /// The last event's name.
    pub terminal: Option<String>,
    /// Latest arrival of the first event or frame.
    pub first_event: Option<Duration>,
    /// Latest end.
    pub total: Option<Duration>,
    /// Who must have made the answer: a hop's name.
    pub answered_by: Option<crate::terms::Hop>,
    /// What must have become of the credential: one of these.
    pub authn: Vec<crate::observe::Authn>,
    /// How it must have ended: one of these.
    pub result: Vec<crate::observe::Outcome>,
    /// A negative control: the credential must be refused by the application, in whatever way it refuses.
    pub refused: bool,
}

/// What the twin must be found guilty of, for one fault in one dialect.
#[derive(Debug, Clone)]
pub struct Attribution {
    /// The fault that is injected.
    pub fault: String,
    /// In which dialect.
    pub dialect: String,
    /// Boots the twin with its startup validation off.
    pub startup_validation: bool,
    /// The step that fails first; nothing when the scenario must pass.
    pub step: Option<String>,
    /// What that step answers at the edge: the status, when one arrives.
    pub status: Option<u16>,
    /// Who made that answer.
    pub made_by: Option<crate::terms::Hop>,
    /// What is in the auth service's journal behind it.
    pub behind: Option<Behind>,
    /// The cause that must be named; nothing when the scenario must pass.
    pub cause: Option<String>,
}

/// An entry that the auth service's journal must hold, made by the backend's own call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// The path the backend called.
    pub path: String,
    /// What the auth service answered.
    pub status: u16,
    /// Whether it said yes.
    pub accepted: Option<bool>,
    /// The machine word for why.
    pub reason: Option<String>,
}
