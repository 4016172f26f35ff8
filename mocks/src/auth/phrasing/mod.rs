//! How the auth service puts its answers into bytes: handlers decide, this says it in the words of a dialect.

mod modern;
mod observed;
mod opaque;

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::call::{Answer, Said};
use crate::Dialect;

/// An answer as it goes over the wire.
pub(super) struct Phrased {
    pub(super) status: u16,
    headers: Vec<(&'static str, &'static str)>,
    content_type: &'static str,
    body: Value,
}

/// The headers by which the service shows itself.
const NAMED: [(&str, &str); 2] = [("x-service-name", "auth-service"), ("x-service-version", "1.0.0")];

/// What `route` says in `dialect`.
pub(super) fn phrased(dialect: Dialect, route: &str, answer: &Answer) -> Phrased {
    match dialect {
        Dialect::Documented => documented(answer),
        Dialect::Observed => observed::phrased(route, answer),
        Dialect::Modern => modern::phrased(answer),
        Dialect::Opaque => opaque::phrased(route, answer),
    }
}

/// FastAPI's error body for every no.
fn documented(answer: &Answer) -> Phrased {
    let body = match &answer.said {
        Said::Document(document) => document.clone(),
        Said::Detail(text) | Said::Denied { told: text, .. } => json!({ "detail": text }),
    };
    Phrased::json(answer.status, body)
}

impl Phrased {
    fn json(status: u16, body: Value) -> Self {
        Self { status, headers: NAMED.to_vec(), content_type: "application/json", body }
    }

    pub(super) fn into_template(self) -> ResponseTemplate {
        let named = self.headers.into_iter();
        let template = ResponseTemplate::new(self.status);
        let template = named.fold(template, |template, (name, value)| template.append_header(name, value));
        template.set_body_raw(self.body.to_string(), self.content_type)
    }
}
