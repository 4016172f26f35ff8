//! A login with a form, as a recording shows it. Only names leave this file, and no value.

use serde_json::Value;

use crate::har::credential::{first_cookie, is_session};
use crate::har::document::Entry;

/// A form with a password whose response gave a session or a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FormLogin {
    /// The names of the fields, in their order.
    pub(crate) fields: Vec<String>,
    /// What the response issued.
    pub(crate) issued: Issued,
}

/// What the response to a login issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Issued {
    /// The name of a cookie that it set.
    Cookie(String),
    /// The place of a token in its JSON.
    Token(String),
}

/// The words in the name of a field that holds a password.
const PASSWORD: [&str; 3] = ["passw", "pwd", "pass"];
/// The fields of a response that hold a token. Sources: RFC 6749, 5.1, and the names that login APIs use.
const TOKENS: [&str; 6] = ["access_token", "accessToken", "token", "id_token", "jwt", "auth_token"];
/// The fewest characters of a token.
const SHORTEST: usize = 16;

/// Reports whether a field of this name holds a password.
pub(crate) fn is_password(field: &str) -> bool {
    let field = field.to_ascii_lowercase();
    PASSWORD.iter().any(|word| field.contains(word))
}

/// Returns the login of an entry. Two passwords in one form are those of a registration.
pub(super) fn of(entry: &Entry) -> Option<FormLogin> {
    let fields = fields(entry)?;
    let is_login = fields.iter().filter(|field| is_password(field)).count() == 1;
    let issued = is_login.then(|| session(entry).map(Issued::Cookie).or_else(|| token(entry).map(Issued::Token)))??;
    Some(FormLogin { fields, issued })
}

fn fields(entry: &Entry) -> Option<Vec<String>> {
    let sent = entry.request.post_data.as_ref().filter(|_| entry.request.method.eq_ignore_ascii_case("POST"))?;
    if !sent.mime_type.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
        return None;
    }
    let in_text = url::form_urlencoded::parse(sent.text.as_bytes()).map(|(name, _)| name.into_owned());
    let listed = sent.params.iter().map(|field| field.name.clone());
    let mut names: Vec<String> = Vec::new();
    for name in in_text.chain(listed) {
        let is_name = !name.is_empty() && name.len() <= 64 && !name.chars().any(char::is_control);
        if is_name && !names.contains(&name) {
            names.push(name);
        }
    }
    Some(names)
}

/// Returns the cookie that holds the session: one with a usual name, or else the first.
fn session(entry: &Entry) -> Option<String> {
    let lines = entry.response.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("set-cookie"));
    // Firefox writes the cookies of one response in one header, on a line each.
    let lines = lines.flat_map(|header| header.value.lines()).filter(|line| !first_cookie(line).is_empty());
    let names = lines.filter_map(|line| line.split('=').next()).map(|name| name.trim().to_owned());
    let lower = |name: &str| name.to_ascii_lowercase();
    let names: Vec<String> =
        names.filter(|name| !lower(name).contains("csrf") && !lower(name).contains("xsrf")).collect();
    names.iter().find(|name| is_session(name)).or(names.first()).cloned()
}

fn token(entry: &Entry) -> Option<String> {
    let body: Value = serde_json::from_str(entry.response.content.text.as_deref()?).ok()?;
    let is_token = |value: &Value| value.as_str().is_some_and(|text| text.len() >= SHORTEST);
    let found = TOKENS.iter().find(|name| body.get(name).is_some_and(is_token))?;
    Some(format!("$.{found}"))
}
