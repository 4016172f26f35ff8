//! A scenario as it stands in its file. Sits in `scenario`; `parse` makes the model of it.

use serde::Deserialize;
use toml::Spanned;

use crate::observe::{Authn, Hop, Outcome};
use crate::probe::{Caller, Carrier};
use crate::target::{Json, Match, Named, OneOrMany, Period, Query, Route};
use crate::token::TokenKind;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScenarioText {
    pub(super) title: String,
    pub(super) step: Vec<StepText>,
    #[serde(default)]
    pub(super) finally: Vec<StepText>,
    #[serde(default)]
    pub(super) attribution: Vec<Spanned<AttributionText>>,
}

/// `[[step]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepText {
    pub(super) id: Spanned<String>,
    pub(super) call: Spanned<OneOrMany<String>>,
    pub(super) r#as: Option<Spanned<String>>,
    pub(super) token: Option<Spanned<OneOrMany<TokenKind>>>,
    pub(super) carrier: Option<Spanned<Carrier>>,
    pub(super) caller: Option<Spanned<Caller>>,
    pub(super) path: Option<Spanned<Route>>,
    #[serde(default)]
    pub(super) query: Named<String, String>,
    pub(super) body: Option<Spanned<Json>>,
    pub(super) send: Option<Spanned<Vec<Json>>>,
    #[serde(default)]
    pub(super) capture: Named<String, Query>,
    #[serde(default)]
    pub(super) expect: ExpectText,
}

/// `[step.expect]`.
#[derive(Clone, Default, Deserialize)]
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
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AttributionText {
    pub(super) fault: String,
    pub(super) dialect: String,
    #[serde(default = "yes")]
    pub(super) startup_validation: bool,
    #[serde(default)]
    pub(super) passes: bool,
    pub(super) step: Option<Spanned<String>>,
    pub(super) status: Option<u16>,
    pub(super) made_by: Option<Hop>,
    pub(super) behind: Option<BehindText>,
    pub(super) cause: Option<String>,
}

/// `behind = { path = "/auth/validate", status = 401, accepted = false, reason = "invalid_service_secret" }`.
#[derive(Deserialize)]
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
