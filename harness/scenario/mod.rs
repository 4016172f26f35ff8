//! Scenarios: the requests to send, the expected responses, and the expected diagnosis of the twin under each fault.
//!
//! Start at [`Scenario::parse`]. A scenario is one TOML file. The file name without its extension is the id of the
//! scenario.
//!
//! - `written`: a scenario as written; `parse` checks it and makes the `model` of it
//! - `unfold`, `every`: make one step of each endpoint and token that a step lists; `lines` counts the lines of the text
//! - `captures`: checks the placeholders `{name}`
//! - `check`: checks a scenario against a target
//! - `files`: the scenarios of a folder, and the built-in ones
//!
//! Invariant: this folder never sends a request.
//!
//! ```toml
//! title = "A message can be read back"
//! tags = ["smoke"]                          # words for `--tag`; optional
//!
//! [[step]]                                  # steps run in order and share their cookies
//! id = "post"
//! call = "backend.chat-messages-post"       # an endpoint of the target; a list unfolds to `post-ENDPOINT`, and so does
//!                                           # `@protected`, which stands for each protected endpoint of the target,
//!                                           # and `@health`, for each health endpoint that the scenario does not name
//! as = "primary"                            # a user of the target; default: the first one
//! token = "valid"                           # a kind of token; a list unfolds to `post-KIND`; default: valid
//! token_location = "header"                 # header, subprotocol, query, body; default: the endpoint's first one
//! caller = "right"                          # none, right, wrong-secret, wrong-id, id-only
//! own_connection = true                     # a load balancer chooses an instance anew; default: false
//! path = "/api/{name}"                      # replaces the endpoint's path; `{name}` is a capture of an earlier step
//! query = { limit = "5" }                   # added to the endpoint's query; replaces a pair of the same name
//! body = { content = "hello" }              # replaces the endpoint's body
//! send = [{ type = "user_message" }]        # WebSocket: replaces the endpoint's messages
//! capture = { message = "$.message.id" }    # JSONPaths, for later steps
//! [step.expect]                             # at least one expectation
//! status = [200, 201]                       # one or a list
//! headers = { content-type = "application/json*" }
//! json = [{ path = "$.status", is = "created" }]
//! events = ["agent_started", "agent_completed"]   # in this order; others may come in between
//! terminal = "stream_end"                   # the last event
//! first_event = "5s"
//! total = "20s"
//! answered_by = "backend"                   # the hop that made the response
//! authn = "accepted"                        # one or a list
//! result = "ok"                             # one or a list
//! refused = true                            # a negative control: the application must refuse the credential
//!
//! [[finally]]                               # a step that runs after all steps, even when they failed: cleans up
//! id = "delete"
//! call = "backend.chat-message-delete"
//! path = "/api/{message}"                   # skipped when the capture is missing
//! [finally.expect]
//! status = [200, 404]
//!
//! [[attribution]]                           # the expected diagnosis of the twin, for one fault in one dialect
//! fault = "backend-auth/service-secret-mismatch"
//! dialect = "documented"
//! startup_validation = true                 # default: true
//! step = "post"                             # the first step that fails; or `passes = true`
//! status = 403                              # the status of its response, if there is one
//! made_by = "backend"                       # the hop that made that response
//! behind = { path = "/auth/validate", status = 401, accepted = false, reason = "invalid_service_secret" }
//! cause = "backend-auth/service-secret-mismatch"
//! ```

mod captures;
mod check;
mod every;
mod files;
mod lines;
mod model;
mod parse;
mod select;
mod unfold;
mod written;

pub use crate::document::ConfigError as ScenarioError;
pub use files::{embedded, read_dir};
pub(crate) use files::{of_many_users, of_target};
pub use model::{Attribution, Behind, Expect, Scenario, Step};
pub(crate) use select::Selection;
pub use written::schema;
