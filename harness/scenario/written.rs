//! A scenario as it stands in its file. Sits in `scenario`; `parse` makes the model of it.

use serde::Deserialize;
use toml::Spanned;

use crate::document::{Json, Match, Named, OneOrMany, Period, Query, Route, render_schema};
use crate::observe::{Authn, Outcome};
use crate::terms::{Caller, Hop, TokenKind, TokenLocation};

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ScenarioText {
    /// One line: what it proves, for example `A message can be posted and read back`.
    pub(super) title: String,
    /// What is driven, in order.
    pub(super) step: Vec<StepText>,
    /// What is driven after the steps, whatever became of them: cleaning up. Skipped where it needs what was not captured.
    #[serde(default)]
    pub(super) finally: Vec<StepText>,
    /// What a failure must be attributed to in the twin; for tests of the catalogue.
    #[serde(default)]
    #[schemars(with = "Vec<AttributionText>")]
    pub(super) attribution: Vec<Spanned<AttributionText>>,
}

/// `[[step]]`.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StepText {
    /// Unique in the scenario. Of a matrix, endpoint and token are appended.
    #[schemars(with = "String")]
    pub(super) id: Spanned<String>,
    /// The endpoint of the target that is called, for example `backend.chat-stream`. A list makes a step of each.
    #[schemars(with = "OneOrMany<String>")]
    pub(super) call: Spanned<OneOrMany<String>>,
    /// The user of the target who calls. The first one when absent.
    #[schemars(with = "Option<String>")]
    pub(super) r#as: Option<Spanned<String>>,
    /// What is presented. `valid` when absent. A list makes a step of each.
    #[schemars(with = "Option<OneOrMany<TokenKind>>")]
    pub(super) token: Option<Spanned<OneOrMany<TokenKind>>>,
    /// How the token travels. The endpoint's usual way when absent.
    #[schemars(with = "Option<TokenLocation>")]
    #[serde(default, alias = "carrier")]
    pub(super) token_location: Option<Spanned<TokenLocation>>,
    /// Who we say we are towards the auth service. `right` when absent, or `none` where the evidence `service-credentials` is not granted.
    #[schemars(with = "Option<Caller>")]
    pub(super) caller: Option<Spanned<Caller>>,
    /// Replaces the endpoint's path. `{name}` is replaced by what an earlier step captured.
    #[schemars(with = "Option<Route>")]
    pub(super) path: Option<Spanned<Route>>,
    /// Added to the endpoint's query; a pair of the same name is replaced. `{name}` as in `path`.
    #[serde(default)]
    pub(super) query: Named<String, String>,
    /// Replaces the endpoint's body. `{name}` as in `path`, in strings.
    #[schemars(with = "Option<Json>")]
    pub(super) body: Option<Spanned<Json>>,
    /// Replaces the endpoint's WebSocket messages. `{name}` as in `path`, in strings.
    #[schemars(with = "Option<Vec<Json>>")]
    pub(super) send: Option<Spanned<Vec<Json>>>,
    /// What later steps use as `{name}`: where it is found in the body, or in any event or frame. `{ message = "$.message.id" }`.
    #[serde(default)]
    pub(super) capture: Named<String, Query>,
    /// What must hold. A step that expects nothing else must be accepted by its endpoint's own rule.
    #[serde(default)]
    pub(super) expect: ExpectText,
}

/// `[step.expect]`.
#[derive(Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectText {
    /// Status codes, one or a list: `[200, 201]`.
    #[serde(default)]
    pub(super) status: OneOrMany<u16>,
    /// Headers by name; in the value `*` stands for anything: `{ content-type = "text/event-stream*" }`.
    #[serde(default)]
    pub(super) headers: Named<String, String>,
    /// What the JSON body must hold, one match or a list: `{ path = "$.content", is = "hello" }`.
    #[serde(default)]
    pub(super) json: OneOrMany<Match>,
    /// Events or frames that must come in this order. Others may come between.
    #[serde(default)]
    pub(super) events: Vec<String>,
    /// The event or frame that must come last.
    pub(super) terminal: Option<String>,
    /// Latest arrival of the first event or frame, for example `2s`.
    pub(super) first_event: Option<Period>,
    /// Latest end, for example `5s`.
    pub(super) total: Option<Period>,
    /// Who must have made the answer.
    pub(super) answered_by: Option<Hop>,
    /// What must have become of the credential: one of these.
    #[serde(default)]
    pub(super) authn: OneOrMany<Authn>,
    /// How it must have ended: one of these.
    #[serde(default)]
    pub(super) result: OneOrMany<Outcome>,
    /// The application must refuse the credential, in whatever way it refuses. A 503 proves nothing. `false` when absent.
    #[serde(default)]
    pub(super) refused: bool,
}

/// `[[attribution]]`.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AttributionText {
    /// The fault that is injected, for example `backend-auth/service-secret-mismatch`.
    pub(super) fault: String,
    /// The wording of the twin: `documented`, `observed`, `modern` or `opaque`.
    pub(super) dialect: String,
    /// Whether the twin checks its configuration when it starts. `true` when absent.
    #[serde(default = "yes")]
    pub(super) startup_validation: bool,
    /// Whether the scenario passes all the same. `false` when absent.
    #[serde(default)]
    pub(super) passes: bool,
    /// The step that fails first. Belongs together with `cause`.
    #[schemars(with = "Option<String>")]
    pub(super) step: Option<Spanned<String>>,
    /// The status that this step is answered with.
    pub(super) status: Option<u16>,
    /// Who makes that answer.
    pub(super) made_by: Option<Hop>,
    /// The backend's own call behind it, as the auth service's journal has it.
    pub(super) behind: Option<BehindText>,
    /// The cause that must be named. Belongs together with `step`.
    pub(super) cause: Option<String>,
}

/// `behind = { path = "/auth/validate", status = 401, accepted = false, reason = "invalid_service_secret" }`.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BehindText {
    /// The path that the backend called.
    pub(super) path: String,
    /// What the auth service answered.
    pub(super) status: u16,
    /// Whether it said yes.
    pub(super) accepted: Option<bool>,
    /// The machine word for why.
    pub(super) reason: Option<String>,
}

const fn yes() -> bool {
    true
}

/// The JSON Schema of a scenario (draft 7, as editors of TOML read it): `docs/scenario.schema.json`.
#[must_use]
pub fn schema() -> String {
    render_schema::<ScenarioText>("A scenario of fivewhys")
}
