//! A scenario, parsed and checked.

use std::ops::Range;
use std::time::Duration;

use serde_json_path::JsonPath;

use crate::config::BodyForm;
use crate::document::{JsonMatch, Source};
use crate::terms::{Caller, TokenKind, TokenLocation};

/// One scenario file.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The file name without its extension: `chat-stream`.
    pub id: String,
    /// One line that says what the scenario proves.
    pub title: String,
    /// Words by which `--tag` selects it.
    pub tags: Vec<String>,
    /// The name of its file, for messages.
    pub source: String,
    /// The steps in order. Lists of endpoints and tokens are already unfolded.
    pub steps: Vec<Step>,
    /// The steps that run after all others, even when those failed. They clean up.
    pub finally: Vec<Step>,
    /// The expected diagnoses of the twin, for each fault in each dialect.
    pub attribution: Vec<Attribution>,
    /// The text of the file, for errors that point into it.
    pub(super) text: Source,
}

/// One request and its expected response.
#[derive(Debug, Clone)]
pub struct Step {
    /// The id, unique in its scenario: `send`, or `refuse-wrong-key` for an unfolded step.
    pub id: String,
    /// The line of the step in its file, counted from 1.
    pub line: usize,
    /// The id of the endpoint.
    pub call: String,
    /// The name of the user. `None` for the target's first user.
    pub user: Option<String>,
    /// The kind of token that is presented.
    pub token: TokenKind,
    /// Where the token is sent. `None` for the endpoint's first token location.
    pub token_location: Option<TokenLocation>,
    /// The service credentials. `None` for `right` if the evidence `service-credentials` is granted, and for `none`
    /// otherwise.
    pub caller: Option<Caller>,
    /// Whether the step has a connection of its own, so that a balancer chooses an instance anew.
    pub own_connection: bool,
    /// Replaces the endpoint's path. `{name}` stands for a capture.
    pub path: Option<String>,
    /// Pairs that are added to the endpoint's query. A pair of the same name is replaced.
    pub query: Vec<(String, String)>,
    /// Replaces the endpoint's body. Strings may hold `{name}`.
    pub body: Option<serde_json::Value>,
    /// The form of that body.
    pub body_form: BodyForm,
    /// Replaces the endpoint's messages. Strings may hold `{name}`.
    pub send: Option<Vec<serde_json::Value>>,
    /// The captures for later steps: a name and a place in the body, or in any event or frame.
    pub capture: Vec<(String, JsonPath)>,
    /// The expected response.
    pub expect: Expect,
    /// The places of the values in the file.
    pub(super) places: Places,
}

impl Step {
    /// Reports whether one written step unfolds into both.
    pub(crate) fn is_written_with(&self, other: &Self) -> bool {
        self.places.id == other.places.id
    }
}

/// The byte ranges of a step's values in its file. A value that is not written has an empty range.
#[derive(Debug, Clone)]
pub(super) struct Places {
    pub(super) id: Range<usize>,
    pub(super) call: Range<usize>,
    pub(super) user: Range<usize>,
    pub(super) token: Range<usize>,
    pub(super) token_location: Range<usize>,
    pub(super) caller: Range<usize>,
}

/// The expected response of a step. An empty field expects nothing.
#[derive(Debug, Clone, Default)]
pub struct Expect {
    /// Allowed status codes.
    pub status: Vec<u16>,
    /// Header names in lower case, each with a pattern in which `*` matches any text.
    pub headers: Vec<(String, String)>,
    /// Conditions on the JSON body.
    pub json: Vec<JsonMatch>,
    /// The names of events or frames that must come in this order. Others may come in between.
    pub events: Vec<String>,
    /// The name of the last event or frame.
    pub terminal: Option<String>,
    /// The latest arrival of the first event or frame, from the start of the probe.
    pub first_event: Option<Duration>,
    /// The latest end, from the start of the probe.
    pub total: Option<Duration>,
    /// The hop that must have made the response.
    pub answered_by: Option<crate::terms::Hop>,
    /// The allowed outcomes for the credential.
    pub authn: Vec<crate::observe::Authn>,
    /// The allowed outcomes of the probe.
    pub result: Vec<crate::observe::Outcome>,
    /// Whether this is a negative control: the application must refuse the credential in some way.
    pub refused: bool,
}

/// The expected diagnosis of the twin, for one fault in one dialect.
#[derive(Debug, Clone)]
pub struct Attribution {
    /// The id of the injected fault.
    pub fault: String,
    /// The dialect of the twin.
    pub dialect: String,
    /// Whether the twin's backend checks its configuration when it starts.
    pub startup_validation: bool,
    /// The first step that fails. `None` when the scenario must pass.
    pub step: Option<String>,
    /// The status of the response to that step, if there is a response.
    pub status: Option<u16>,
    /// The hop that made that response.
    pub made_by: Option<crate::terms::Hop>,
    /// The auth service's journal entry behind that response.
    pub behind: Option<Behind>,
    /// The cause that the diagnosis must name. `None` when the scenario must pass.
    pub cause: Option<String>,
}

/// A call of the backend that the auth service's journal must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// The path that the backend called.
    pub path: String,
    /// The status of the auth service's response.
    pub status: u16,
    /// Whether the auth service accepted the token.
    pub accepted: Option<bool>,
    /// The auth service's reason code.
    pub reason: Option<String>,
}
