//! A scenario as it stands in its file. Sits in `scenario`; `parse` makes the model of it.

use serde::Deserialize;
use toml::Spanned;

use crate::observe::{Authn, Hop, Outcome};
use crate::probe::{Caller, Carrier};
use crate::target::{Json, Match, Named, OneOrMany, Period, Query, Route, render_schema};
use crate::token::TokenKind;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ScenarioText {
    pub(super) title: String,
    pub(super) step: Vec<StepText>,
    #[serde(default)]
    pub(super) finally: Vec<StepText>,
    #[serde(default)]
    #[schemars(with = "Vec<AttributionText>")]
    pub(super) attribution: Vec<Spanned<AttributionText>>,
}

/// `[[step]]`.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StepText {
    #[schemars(with = "String")]
    pub(super) id: Spanned<String>,
    #[schemars(with = "OneOrMany<String>")]
    pub(super) call: Spanned<OneOrMany<String>>,
    #[schemars(with = "Option<String>")]
    pub(super) r#as: Option<Spanned<String>>,
    #[schemars(with = "Option<OneOrMany<TokenKind>>")]
    pub(super) token: Option<Spanned<OneOrMany<TokenKind>>>,
    #[schemars(with = "Option<Carrier>")]
    pub(super) carrier: Option<Spanned<Carrier>>,
    #[schemars(with = "Option<Caller>")]
    pub(super) caller: Option<Spanned<Caller>>,
    #[schemars(with = "Option<Route>")]
    pub(super) path: Option<Spanned<Route>>,
    #[serde(default)]
    pub(super) query: Named<String, String>,
    #[schemars(with = "Option<Json>")]
    pub(super) body: Option<Spanned<Json>>,
    #[schemars(with = "Option<Vec<Json>>")]
    pub(super) send: Option<Spanned<Vec<Json>>>,
    #[serde(default)]
    pub(super) capture: Named<String, Query>,
    #[serde(default)]
    pub(super) expect: ExpectText,
}

/// `[step.expect]`.
#[derive(Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectText {
    #[serde(default)]
    pub(super) status: OneOrMany<u16>,
    #[serde(default)]
    pub(super) headers: Named<String, String>,
    #[serde(default)]
    pub(super) json: OneOrMany<Match>,
    #[serde(default)]
    pub(super) events: Vec<String>,
    pub(super) terminal: Option<String>,
    pub(super) first_event: Option<Period>,
    pub(super) total: Option<Period>,
    pub(super) answered_by: Option<Hop>,
    #[serde(default)]
    pub(super) authn: OneOrMany<Authn>,
    #[serde(default)]
    pub(super) result: OneOrMany<Outcome>,
    #[serde(default)]
    pub(super) refused: bool,
}

/// `[[attribution]]`.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AttributionText {
    pub(super) fault: String,
    pub(super) dialect: String,
    #[serde(default = "yes")]
    pub(super) startup_validation: bool,
    #[serde(default)]
    pub(super) passes: bool,
    #[schemars(with = "Option<String>")]
    pub(super) step: Option<Spanned<String>>,
    pub(super) status: Option<u16>,
    pub(super) made_by: Option<Hop>,
    pub(super) behind: Option<BehindText>,
    pub(super) cause: Option<String>,
}

/// `behind = { path = "/auth/validate", status = 401, accepted = false, reason = "invalid_service_secret" }`.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BehindText {
    pub(super) path: String,
    pub(super) status: u16,
    pub(super) accepted: Option<bool>,
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
