//! The form of an endpoint's request, as written: its body and its HTTP Basic credentials.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::config::file::overlay::{Overlay, overlays};
use crate::config::{Basic, BodyForm};
use crate::document::written::{Entry, Json};

overlays! {
    pub(crate) struct BasicLayer {
        /// The user, for example `{email}` or `{sub}`.
        user: Option<String>,
        /// The password, for example `{secret:password}`. Never write the password here.
        password: Option<String>,
    }
}

impl BasicLayer {
    /// Returns the credentials. `None`: none are written.
    ///
    /// # Errors
    /// When only one of the two is written, or the password is not the name of a secret.
    pub(crate) fn resolve(self) -> Result<Option<Basic>, &'static str> {
        match (self.user, self.password) {
            (None, None) => Ok(None),
            (Some(user), Some(password)) if password.contains("{secret:") => {
                Ok(Some(Basic { user, password, is_form_encoded: false }))
            }
            (Some(_), Some(_)) => Err("has a `basic.password` that is not the name of a secret: write `{secret:NAME}`"),
            _ => Err("has only one of `basic.user` and `basic.password`: write both"),
        }
    }
}

/// The keys of a body, of which a request has at most one.
#[derive(Default)]
pub(crate) struct WrittenBody {
    pub(crate) json: Option<Json>,
    pub(crate) form: Vec<Entry<Json>>,
    pub(crate) multipart: Vec<Entry<Json>>,
    pub(crate) text: Option<String>,
    pub(crate) binary: Option<String>,
}

impl WrittenBody {
    /// Returns the body and its form.
    ///
    /// # Errors
    /// When two keys are written, or a value does not fit. The message follows the name of an endpoint or step.
    pub(crate) fn resolve(self) -> Result<Option<(Value, BodyForm)>, String> {
        let Self { json, form, multipart, text, binary } = self;
        let written = [
            json.map(|json| ("body", json.0, BodyForm::Json)),
            pairs(form).map(|pairs| ("form", pairs, BodyForm::Form)),
            pairs(multipart).map(|parts| ("multipart", parts, BodyForm::Multipart)),
            text.map(|text| ("text", Value::String(text), BodyForm::Text)),
            binary.map(|bytes| ("binary", Value::String(bytes), BodyForm::Binary)),
        ];
        let mut written = written.into_iter().flatten();
        let Some((key, value, form)) = written.next() else { return Ok(None) };
        if let Some((other, ..)) = written.next() {
            return Err(format!("has both `{key}` and `{other}`: a request has one body"));
        }
        flaw(&value, form).map_or(Ok(Some((value, form))), Err)
    }
}

fn pairs(entries: Vec<Entry<Json>>) -> Option<Value> {
    let pairs: Map<String, Value> = entries.into_iter().map(|entry| (entry.name, entry.value.0)).collect();
    (!pairs.is_empty()).then_some(Value::Object(pairs))
}

/// Returns what is wrong with a body of this form.
fn flaw(value: &Value, form: BodyForm) -> Option<String> {
    let fields = || value.as_object().into_iter().flatten();
    match form {
        BodyForm::Json | BodyForm::Text => None,
        BodyForm::Form => fields().find(|(_, value)| !is_field(value)).map(|(name, _)| {
            format!("has the form field `{name}`, which is neither a text, a number, a boolean nor a list of them")
        }),
        BodyForm::Multipart => fields().find(|(_, value)| !is_part(value)).map(|(name, _)| {
            format!(
                "has the part `{name}`, which is neither a text nor `{{ content = \"…\", filename = \"…\", type = \"…\" }}`"
            )
        }),
        BodyForm::Binary => {
            let decoded = value.as_str().map(|text| STANDARD.decode(text).is_ok());
            (decoded != Some(true)).then(|| "has a `binary` body that is not base64 (RFC 4648, section 4)".to_owned())
        }
    }
}

fn is_scalar(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_))
}

fn is_field(value: &Value) -> bool {
    is_scalar(value) || value.as_array().is_some_and(|list| list.iter().all(is_scalar))
}

fn is_part(value: &Value) -> bool {
    let known = |(name, value): (&String, &Value)| {
        matches!(name.as_str(), "content" | "base64" | "filename" | "type") && value.is_string()
    };
    is_scalar(value)
        || value.as_object().is_some_and(|part| {
            let decodes = |text: &Value| text.as_str().is_some_and(|text| STANDARD.decode(text).is_ok());
            part.iter().all(known)
                && part.contains_key("content") != part.contains_key("base64")
                && part.get("base64").is_none_or(decodes)
        })
}
