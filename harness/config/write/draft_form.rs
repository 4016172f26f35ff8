//! A login with a form in a draft: the endpoint that issues the session or the token.

use std::fmt::Write as _;

use serde_json::Value;

use crate::config::file::FILL_IN;

/// A login with a form, as a recording shows it. It holds names, and no value of a field.
#[derive(Debug, Clone)]
pub(crate) struct DraftForm {
    /// `backend` or `auth`.
    pub(crate) service: &'static str,
    /// The origin, if it is not that of the service.
    pub(crate) base_url: Option<String>,
    pub(crate) path: String,
    /// The names of the fields, each with what is sent.
    pub(crate) fields: Vec<(String, Sent)>,
    pub(crate) issued: DraftIssued,
    /// The status of the accepted login.
    pub(crate) status: u16,
}

/// What is sent in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    User,
    Password,
    /// The token against cross-site request forgery.
    Csrf,
    /// A value that the operator fills in.
    Other,
}

/// What a login issues.
#[derive(Debug, Clone)]
pub(crate) enum DraftIssued {
    /// The name of a cookie.
    Cookie(String),
    /// A place in JSON.
    Token(String),
}

impl Sent {
    const fn value(self) -> &'static str {
        match self {
            Self::User => "{email}",
            Self::Password => "{secret:password}",
            Self::Csrf => "{csrf}",
            Self::Other => FILL_IN,
        }
    }
}

impl DraftForm {
    /// Returns the name of the cookie that is the token.
    pub(super) fn cookie(&self) -> Option<&str> {
        match &self.issued {
            DraftIssued::Cookie(name) => Some(name),
            DraftIssued::Token(_) => None,
        }
    }

    /// Writes the endpoint, and the page that has the token against forgery if the form has a field for it.
    pub(super) fn write(&self, target: &str, text: &mut String) {
        text.push_str("\n# The login, as it was recorded. No value of a field was taken over.\n");
        let mut lines = vec![
            format!("[target.{target}.endpoint.\"{}.login\"]", self.service),
            "role = \"issuer\"".to_owned(),
            "method = \"POST\"".to_owned(),
        ];
        lines.extend(self.base_url.as_deref().map(|base| format!("base_url = {}", quoted(base))));
        lines.push(format!("path = {}", quoted(&self.path)));
        let fields = self.fields.iter().map(|(name, sent)| format!("{} = {}", quoted(name), quoted(sent.value())));
        lines.push(format!("form = {{ {} }}", fields.collect::<Vec<_>>().join(", ")));
        lines.push(match &self.issued {
            DraftIssued::Cookie(name) => format!("issued_cookie = {}", quoted(name)),
            DraftIssued::Token(place) => format!("issued_token = {}", quoted(place)),
        });
        lines.push(format!("accept = {{ status = {} }}", self.status));
        lines.extend(self.cookie().map(|_| {
            "#refusal = { status = 200, text = \"Wrong password\" }    # a refused login, if its status does not say so"
                .to_owned()
        }));
        if let Some((field, _)) = self.fields.iter().find(|(_, sent)| *sent == Sent::Csrf) {
            lines.extend(self.page(target, field));
        }
        for line in lines {
            let _ = writeln!(text, "{line}");
        }
    }

    /// Returns the page of the form, and the place of the token in it.
    fn page(&self, target: &str, field: &str) -> Vec<String> {
        let page = format!("{}.login-page", self.service);
        let mut lines = vec![
            String::new(),
            "# The page of the form. Correct the path if another page has the form.".to_owned(),
            format!("[target.{target}.endpoint.\"{page}\"]"),
        ];
        lines.extend(self.base_url.as_deref().map(|base| format!("base_url = {}", quoted(base))));
        lines.push(format!("path = {}", quoted(&self.path)));
        if let Some(cookie) = self.cookie() {
            lines.push("token_locations = [\"cookie\"]".to_owned());
            lines.push(format!("token_cookie = {}", quoted(cookie)));
        }
        lines.push(format!("[target.{target}.csrf]"));
        lines.push(format!("endpoint = {}", quoted(&page)));
        let pattern = format!("name=\"{}\"[^>]*value=\"([^\"]+)\"", regex::escape(field));
        lines.push(format!("pattern = {}", quoted(&pattern)));
        lines
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
