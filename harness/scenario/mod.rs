//! Scenarios: what is driven, what must come of it, and what the twin must be found guilty of when it does not.
//!
//! A scenario is one TOML file; its stem is its id.
//!
//! ```toml
//! title = "A message can be read back"
//!
//! [[step]]                                  # in order; one cookie jar for all
//! id = "post"
//! call = "backend.chat-messages-post"       # an endpoint of the target; a list unfolds to `post-ENDPOINT`, as does
//!                                           # `@protected`: each protected endpoint the target has
//! as = "primary"                            # a user of the target; when absent: its first
//! token = "valid"                           # a kind of token; a list unfolds to `post-KIND`; when absent: valid
//! token location = "header"                        # header, subprotocol, query, body; when absent: the endpoint's usual one
//! caller = "right"                          # none, right, wrong-secret, wrong-id, id-only
//! path = "/api/{name}"                      # replaces the endpoint's; `{name}` is an earlier step's capture
//! query = { limit = "5" }                   # added to the endpoint's, by name replacing
//! body = { content = "hello" }              # replaces the endpoint's
//! send = [{ type = "user_message" }]        # WebSocket: replaces the endpoint's
//! capture = { message = "$.message.id" }    # JSONPaths, for later steps
//! [step.expect]                             # something must be expected
//! status = [200, 201]                       # one or a list
//! headers = { content-type = "application/json*" }
//! json = [{ path = "$.status", is = "created" }]
//! events = ["agent_started", "agent_completed"]   # in this order, others may come between
//! terminal = "stream_end"                   # the last event
//! first_event = "5s"
//! total = "20s"
//! answered_by = "backend"                   # a hop
//! authn = "accepted"                        # one or a list
//! result = "ok"                             # one or a list
//! refused = true                            # a negative control: the application must refuse the credential
//!
//! [[finally]]                               # a step like any other, driven after them whatever became of them: cleans up
//! id = "delete"
//! call = "backend.chat-message-delete"
//! path = "/api/{message}"                   # skipped where nothing was captured
//! [finally.expect]
//! status = [200, 404]
//!
//! [[attribution]]                           # what it must come to in the twin, per fault and dialect
//! fault = "backend-auth/service-secret-mismatch"
//! dialect = "documented"
//! startup_validation = true                 # when absent: true
//! step = "post"                             # the step that fails first; `passes = true` where none does
//! status = 403                              # what it answers at the edge, if anything
//! made_by = "backend"                       # who made that answer
//! behind = { path = "/auth/validate", status = 401, accepted = false, reason = "invalid_service_secret" }
//! cause = "backend-auth/service-secret-mismatch"
//! ```

mod captures;
mod check;
mod every;
mod files;
mod model;
mod parse;
mod unfold;
mod written;

pub use crate::document::ConfigError as ScenarioError;
pub(crate) use files::of_target;
pub use files::{embedded, read_dir};
pub use model::{Attribution, Behind, Expect, Scenario, Step};
pub use written::schema;
