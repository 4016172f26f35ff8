//! What would be sent otherwise than it is written: no mistake, but seldom what its author means.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use crate::config::{BodyForm, Endpoint, PlacedEndpoint, Target};
use crate::document::placeholder::{placeholders, strings};

/// A warning about an endpoint, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Warning {
    file: String,
    line: usize,
    says: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.says)
    }
}

/// Returns the warnings about an endpoint of a target.
pub(super) fn of(placed: &PlacedEndpoint, target: &Target) -> Vec<Warning> {
    let says = warnings(&placed.endpoint, target);
    let warning = |says: String| Warning {
        file: placed.file.clone(),
        line: placed.line,
        says: format!("the endpoint `{}` {says}", placed.endpoint.id),
    };
    says.into_iter().map(warning).collect()
}

fn warnings(endpoint: &Endpoint, target: &Target) -> Vec<String> {
    let media = media_type(endpoint);
    let json = (endpoint.form.body == BodyForm::Json).then_some(endpoint.body.as_ref()).flatten();
    let mut says = Vec::new();
    if let (Some(body), Some(media)) = (json, media.as_deref().filter(|media| !media.contains("json"))) {
        says.push(match body {
            Value::String(_) => format!(
                "sends its `body` as JSON, in quotation marks, with the Content-Type `{media}`: write `form` or `text` instead of `body`"
            ),
            _ => format!("sends its `body` as JSON with the Content-Type `{media}`: write `form`, `multipart` or `text`"),
        });
    }
    if endpoint.form.body == BodyForm::Form && media.as_deref().is_some_and(|media| !media.contains("urlencoded")) {
        says.push("sends a form with another Content-Type than that of a form".to_owned());
    }
    if endpoint.form.body == BodyForm::Multipart && media.is_some() {
        says.push("sets the Content-Type of its `multipart` body, which then names no boundary: remove it".to_owned());
    }
    if endpoint.body.is_some() && matches!(endpoint.method.as_str(), "GET" | "HEAD") {
        says.push(format!("sends a body with {}, which many servers ignore: set `method`", endpoint.method));
    }
    if endpoint.path.contains(['{', '}']) {
        let path = &endpoint.path;
        says.push(format!(
            "has braces in its path `{path}`, which are sent as `%7B` and `%7D`: only a step fills in a path"
        ));
    }
    says.extend(unfilled(endpoint, target));
    says.extend(compared(endpoint));
    says
}

fn media_type(endpoint: &Endpoint) -> Option<String> {
    let header = endpoint.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"))?;
    Some(header.1.to_ascii_lowercase())
}

/// Returns a warning for each placeholder that nothing replaces.
fn unfilled(endpoint: &Endpoint, target: &Target) -> Vec<String> {
    let bodies = endpoint.body.iter().chain(&endpoint.send).flat_map(strings);
    let mut texts: Vec<String> = bodies.map(str::to_owned).collect();
    texts.extend(endpoint.headers.iter().chain(&endpoint.query).map(|(_, value)| value.clone()));
    texts.extend(endpoint.form.basic.iter().map(|basic| basic.password.clone()));
    let mut says = Vec::new();
    for (_, name) in texts.iter().flat_map(|text| placeholders(text)) {
        let is_known = matches!(name, "token" | "email" | "sub")
            || name.strip_prefix("secret:").is_some_and(|secret| has_secret(target, secret))
            || (name == "csrf" && target.access.csrf.is_some());
        let text = match name {
            _ if is_known => continue,
            "csrf" => "sends `{csrf}` as it is: the target has no `csrf`".to_owned(),
            secret if secret.starts_with("secret:") => {
                format!("names `{{{secret}}}`, which no user and not the target has: add it to their `secrets`")
            }
            name => format!(
                "sends `{{{name}}}` as it is: only {{token}}, {{email}}, {{sub}}, {{csrf}} and {{secret:NAME}} are replaced"
            ),
        };
        if !says.contains(&text) {
            says.push(text);
        }
    }
    says
}

/// Returns a warning for each placeholder in a rule about responses: these rules hold for every user and every call.
fn compared(endpoint: &Endpoint) -> Vec<String> {
    let (accept, refusal) = (&endpoint.accept, endpoint.form.refusal.as_ref());
    let texts = accept.text.iter().chain(refusal.into_iter().flat_map(|refusal| &refusal.text));
    let headers = accept.headers.iter().chain(refusal.into_iter().flat_map(|refusal| &refusal.headers));
    let json =
        accept.json.iter().chain(&accept.first_frame).chain(refusal.into_iter().flat_map(|refusal| &refusal.json));
    let values = json.flat_map(|one| &one.any_of).flat_map(strings);
    let all = texts.map(String::as_str).chain(headers.map(|(_, value)| value.as_str())).chain(values);
    let names = all.flat_map(placeholders).map(|(_, name)| name);
    let names = names.filter(|name| matches!(*name, "token" | "email" | "sub" | "csrf" | "marker"));
    let names: BTreeSet<&str> = names.collect();
    let says =
        |name| format!("compares `{{{name}}}` in `accept` or `refusal` as it is: a step of a scenario can expect it");
    names.into_iter().map(says).collect()
}

/// Reports whether the target or a user has this secret.
fn has_secret(target: &Target, name: &str) -> bool {
    target.access.secrets.contains_key(name) || target.users.iter().any(|user| user.secrets.contains_key(name))
}
