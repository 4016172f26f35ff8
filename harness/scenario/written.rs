//! A scenario as written in its file.

use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

use crate::config::{BodyForm, WrittenBody};
use crate::document::{Json, Match, Named, OneOrMany, Period, Query, Route, render_schema};
use crate::observe::{Authn, Outcome};
use crate::terms::{Caller, Hop, TokenKind, TokenLocation};

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ScenarioText {
    /// One line that says what the scenario proves, for example `A message can be posted and read back`.
    pub(super) title: String,
    /// Words by which `--tag` selects the scenario, for example `smoke`.
    #[serde(default)]
    pub(super) tags: Vec<String>,
    /// The steps, which run in order.
    pub(super) step: Vec<StepText>,
    /// Steps that run after all others, even when those failed. They clean up. A step is skipped when it needs a missing capture.
    #[serde(default)]
    pub(super) finally: Vec<StepText>,
    /// The expected diagnoses of the twin. Only tests of the catalogue use them.
    #[serde(default)]
    #[schemars(with = "Vec<AttributionText>")]
    pub(super) attribution: Vec<Spanned<AttributionText>>,
}

/// `[[step]]`.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StepText {
    /// The id, unique in the scenario. With several endpoints or tokens, their names are appended.
    #[schemars(with = "String")]
    pub(super) id: Spanned<String>,
    /// The endpoint to call, for example `backend.chat-stream`. A list makes one step for each endpoint. `@protected` stands for every protected endpoint, `@health` for every endpoint of the role `health` that the scenario does not name.
    #[schemars(with = "OneOrMany<String>")]
    pub(super) call: Spanned<OneOrMany<String>>,
    /// The user of the target who makes the request. When absent: the first user.
    #[schemars(with = "Option<String>")]
    pub(super) r#as: Option<Spanned<String>>,
    /// The kind of token to present. `valid` when absent. A list makes one step for each kind.
    #[schemars(with = "Option<OneOrMany<TokenKind>>")]
    pub(super) token: Option<Spanned<OneOrMany<TokenKind>>>,
    /// Where the token is sent. When absent: the endpoint's first token location.
    #[schemars(with = "Option<TokenLocation>")]
    #[serde(default, alias = "carrier")]
    pub(super) token_location: Option<Spanned<TokenLocation>>,
    /// The service credentials to send. When absent: `right`, or `none` if the evidence `service-credentials` is not granted.
    #[schemars(with = "Option<Caller>")]
    pub(super) caller: Option<Spanned<Caller>>,
    /// Whether the step has a connection of its own, so that a load balancer chooses an instance anew. When absent: a request that may arrive twice uses a connection that an earlier step left open.
    #[serde(default)]
    pub(super) own_connection: bool,
    /// Replaces the endpoint's path. `{name}` stands for a capture of an earlier step.
    #[schemars(with = "Option<Route>")]
    pub(super) path: Option<Spanned<Route>>,
    /// Pairs that are added to the endpoint's query. A pair of the same name is replaced. `{name}` as in `path`.
    #[serde(default)]
    pub(super) query: Named<String, String>,
    /// Replaces the endpoint's body. In its strings, `{name}` as in `path`.
    #[schemars(with = "Option<Json>")]
    pub(super) body: Option<Spanned<Json>>,
    /// A form body (`application/x-www-form-urlencoded`) instead: `{ name = "text" }`. A list repeats its name.
    #[serde(default)]
    pub(super) form: Named<String, Json>,
    /// A `multipart/form-data` body instead: `{ note = "text", file = { content = "…", filename = "a.txt", type = "text/plain" } }`.
    #[serde(default)]
    pub(super) multipart: Named<String, Json>,
    /// A text body instead.
    #[schemars(with = "Option<String>")]
    pub(super) text: Option<Spanned<String>>,
    /// A body of bytes instead, as base64.
    #[schemars(with = "Option<String>")]
    pub(super) binary: Option<Spanned<String>>,
    /// Replaces the endpoint's WebSocket messages. In their strings, `{name}` as in `path`.
    #[schemars(with = "Option<Vec<Json>>")]
    pub(super) send: Option<Spanned<Vec<Json>>>,
    /// Values that later steps use as `{name}`. Each has a place in the body, or in any event or frame: `{ message = "$.message.id" }`.
    #[serde(default)]
    pub(super) capture: Named<String, Query>,
    /// The expected response. At least one expectation is required. The response must also fit the endpoint's `accept`, unless the step expects `refused`, a `result` or an error status.
    #[serde(default)]
    pub(super) expect: ExpectText,
}

impl StepText {
    /// Returns the body that replaces that of the endpoint, and its form.
    ///
    /// # Errors
    /// When the step has two bodies, or one that does not fit its form.
    pub(super) fn body(&self) -> Result<Option<(Value, BodyForm)>, String> {
        let text = |text: &Spanned<String>| text.get_ref().clone();
        let written = WrittenBody {
            json: self.body.as_ref().map(|body| body.get_ref().clone()),
            form: self.form.0.clone(),
            multipart: self.multipart.0.clone(),
            text: self.text.as_ref().map(text),
            binary: self.binary.as_ref().map(text),
        };
        written.resolve()
    }
}

/// `[step.expect]`.
#[derive(Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectText {
    /// Status codes, one or a list: `[200, 201]`.
    #[serde(default)]
    pub(super) status: OneOrMany<u16>,
    /// Header values by name. In a value, `*` matches any text: `{ content-type = "text/event-stream*" }`.
    #[serde(default)]
    pub(super) headers: Named<String, String>,
    /// Conditions on the JSON body, one or a list: `{ path = "$.content", is = "hello" }`. In `is` and in texts of `path`, `{name}` stands for a capture of an earlier step.
    #[schemars(with = "Option<OneOrMany<Match>>")]
    pub(super) json: Option<Spanned<OneOrMany<Match>>>,
    /// Events or frames that must come in this order. Others may come in between.
    #[serde(default)]
    pub(super) events: Vec<String>,
    /// The event or frame that must come last.
    pub(super) terminal: Option<String>,
    /// The latest arrival of the first event or frame, from the start of the probe, for example `2s`.
    pub(super) first_event: Option<Period>,
    /// The latest end, from the start of the probe, for example `5s`.
    pub(super) total: Option<Period>,
    /// The hop that must have made the response.
    pub(super) answered_by: Option<Hop>,
    /// The outcome for the credential, one or a list of allowed ones.
    #[serde(default)]
    pub(super) authn: OneOrMany<Authn>,
    /// The outcome of the probe, one or a list of allowed ones.
    #[serde(default)]
    pub(super) result: OneOrMany<Outcome>,
    /// Whether the application must refuse the credential in some way. A 503 is not a refusal. `false` when absent.
    #[serde(default)]
    pub(super) refused: bool,
}

/// `[[attribution]]`.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AttributionText {
    /// The id of the injected fault, for example `backend-auth/service-secret-mismatch`.
    pub(super) fault: String,
    /// The dialect of the twin's responses: `documented`, `observed`, `modern` or `opaque`.
    pub(super) dialect: String,
    /// Whether the twin's backend checks its configuration when it starts. `true` when absent.
    #[serde(default = "yes")]
    pub(super) startup_validation: bool,
    /// Whether the scenario passes in spite of the fault. `false` when absent.
    #[serde(default)]
    pub(super) passes: bool,
    /// The first step that fails. Needs `cause`.
    #[schemars(with = "Option<String>")]
    pub(super) step: Option<Spanned<String>>,
    /// The status of the response to this step.
    pub(super) status: Option<u16>,
    /// The hop that makes that response.
    pub(super) made_by: Option<Hop>,
    /// The backend's own call behind that response, as recorded in the auth service's journal.
    pub(super) behind: Option<BehindText>,
    /// The cause that the diagnosis must name. Needs `step`.
    pub(super) cause: Option<String>,
}

/// `behind = { path = "/auth/validate", status = 401, accepted = false, reason = "invalid_service_secret" }`.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BehindText {
    /// The path that the backend called.
    pub(super) path: String,
    /// The status of the auth service's response.
    pub(super) status: u16,
    /// Whether the auth service accepted the token.
    pub(super) accepted: Option<bool>,
    /// The auth service's reason code.
    pub(super) reason: Option<String>,
}

const fn yes() -> bool {
    true
}

/// Returns the JSON Schema (draft 7) of a scenario, for editors: `docs/scenario.schema.json`.
#[must_use]
pub fn schema() -> String {
    render_schema::<ScenarioText>("A scenario of fivewhys")
}
