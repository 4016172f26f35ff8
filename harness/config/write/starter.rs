//! The target file that `fivewhys init` writes, from what is known of a system.

use std::fmt::Write as _;

use serde_json::Value;

use crate::config::file::FILL_IN;
use crate::config::write::draft_form::DraftForm;
use crate::config::write::draft_login::{DraftFlow, DraftLogin, DraftOauth};
use crate::terms::{EndpointKind, Role, TokenLocation};

const HEAD: &str = include_str!("starter.toml");

/// What is known of a system. What is not known becomes a value to fill in.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// The name of the target.
    pub(crate) name: String,
    pub(crate) backend: Option<String>,
    /// A URL, `none` or `internal`.
    pub(crate) auth: Option<String>,
    /// How the test users get their tokens, if it is known.
    pub(crate) login: Option<DraftLogin>,
    /// The OAuth 2.0 login that a description names.
    pub(crate) oauth: Option<DraftOauth>,
    /// The login with a form that a recording shows.
    pub(crate) form: Option<DraftForm>,
    pub(crate) endpoints: Vec<Sketch>,
    /// Where this comes from, in one sentence.
    pub(crate) from: String,
}

/// An endpoint of a draft.
#[derive(Debug, Clone)]
pub(crate) struct Sketch {
    /// `backend.NAME` or `auth.NAME`.
    pub(crate) id: String,
    pub(crate) kind: EndpointKind,
    pub(crate) role: Role,
    pub(crate) method: String,
    /// `{…}` stands for a part that the operator must fill in.
    pub(crate) path: String,
    pub(crate) token_locations: Vec<TokenLocation>,
    /// The cookie that holds the token, for the location `cookie`.
    pub(crate) token_cookie: Option<String>,
    pub(crate) has_body: bool,
    /// What its response says, if one was seen: a place in its JSON and the value there.
    pub(crate) seen: Option<(String, Value)>,
}

impl Default for Draft {
    fn default() -> Self {
        let from = "Written by `fivewhys init` without knowledge of the system.".to_owned();
        let name = "staging".to_owned();
        Self { name, backend: None, auth: None, login: None, oauth: None, form: None, endpoints: Vec::new(), from }
    }
}

impl Draft {
    /// Returns a complete, valid target file. Options are commented out as `#key = value`, without a space. Comments have
    /// a space after `#`.
    pub(crate) fn render(&self) -> String {
        let login = self.login.unwrap_or_default();
        let mut text = self.head(login);
        let form = self.form_of(login);
        if let Some(form) = form {
            form.write(&self.name, &mut text);
        }
        let cookie = form.and_then(DraftForm::cookie);
        let guessed = [Role::Health, Role::Protected].into_iter().filter(|role| !self.has(*role));
        let guessed: Vec<Sketch> = guessed.map(|role| Sketch::guessed(role, login)).collect();
        let known = self.endpoints.iter().map(|one| one.with_login(login));
        let all = guessed.into_iter().chain(known).map(|one| one.with_cookie(cookie));
        all.for_each(|one| one.write(&self.name, &mut text));
        text
    }

    /// Returns the login with a form, if the target has a login of that kind.
    fn form_of(&self, login: DraftLogin) -> Option<&DraftForm> {
        self.form.as_ref().filter(|form| match form.cookie() {
            Some(_) => login == DraftLogin::Form,
            None => login == DraftLogin::Json,
        })
    }

    /// Returns the file up to the endpoints that are known.
    fn head(&self, login: DraftLogin) -> String {
        let url = |known: &Option<String>, host: &str| known.clone().unwrap_or(format!("https://{host}.example.com"));
        let (backend, auth) = (url(&self.backend, "api"), url(&self.auth, "auth"));
        let can_call_auth = login != DraftLogin::Form && auth.contains(':');
        let is_written = |one: &Sketch| one.role == Role::Issuer && !one.is_an_option();
        let has_issuer = self.form_of(login).is_some() || self.endpoints.iter().any(is_written);
        let flow = self.oauth.as_ref().map(|oauth| oauth.flow).unwrap_or_default();
        let token_url = self.oauth.as_ref().map_or_else(|| format!("{auth}/{FILL_IN}"), |one| one.token_url.clone());
        let scope = self.oauth.as_ref().and_then(|oauth| oauth.scope.as_deref()).unwrap_or("openid");
        let secret = if login == DraftLogin::Oauth { flow } else { DraftFlow::Password }.secret();
        login
            .parts_of(HEAD, has_issuer)
            .replace("{FROM}", &self.from)
            .replace("{NAME}", &self.name)
            .replace("{BACKEND}", &backend)
            .replace("{AUTH}", &auth)
            .replace("{FLOW}", flow.word())
            .replace("{TOKEN_URL}", &token_url)
            .replace("{SCOPE}", &Value::from(scope).to_string())
            .replace("{SECRET}", secret)
            .replace("{KEYS}", if can_call_auth { &auth } else { &backend })
            .replace("{EVIDENCE}", if can_call_auth { r#"["edge", "auth"]"# } else { r#"["edge"]"# })
            .replace("{VALIDATION}", if login == DraftLogin::Form { "session" } else { "unknown" })
            .replace("{ISSUER}", if can_call_auth { "auth" } else { "backend" })
    }

    /// Reports whether an endpoint of this role is known.
    fn has(&self, role: Role) -> bool {
        self.endpoints.iter().any(|one| one.role == role)
    }
}

impl Sketch {
    /// Returns an endpoint of which only the role is known.
    fn guessed(role: Role, login: DraftLogin) -> Self {
        let is_health = role == Role::Health;
        let location = if login == DraftLogin::Form { TokenLocation::Cookie } else { TokenLocation::Header };
        Self {
            id: if is_health { "backend.health" } else { "backend.first" }.to_owned(),
            kind: EndpointKind::Http,
            role,
            method: "GET".to_owned(),
            path: if is_health { "/health".to_owned() } else { format!("/{FILL_IN}") },
            token_locations: if is_health { Vec::new() } else { vec![location] },
            token_cookie: None,
            has_body: false,
            seen: None,
        }
    }

    /// Returns the endpoint as it is in a target with this login: where a form sets a cookie, no header holds the token.
    fn with_login(&self, login: DraftLogin) -> Self {
        let mut one = self.clone();
        if login == DraftLogin::Form {
            let in_header = one.token_locations.iter_mut().filter(|location| **location == TokenLocation::Header);
            in_header.for_each(|location| *location = TokenLocation::Cookie);
        }
        one
    }

    /// Returns the endpoint with the name of the cookie that holds its token.
    fn with_cookie(mut self, cookie: Option<&str>) -> Self {
        if self.token_locations.contains(&TokenLocation::Cookie) {
            self.token_cookie = self.token_cookie.or_else(|| cookie.map(str::to_owned));
        }
        self
    }

    /// Reports whether a call may change data, or lacks a part: then the operator switches it on.
    fn is_an_option(&self) -> bool {
        let reads = matches!(self.method.as_str(), "GET" | "HEAD") && self.kind != EndpointKind::Websocket;
        let is_known = matches!(self.role, Role::Health | Role::Introspection) || reads;
        !is_known || self.path.contains('{') || self.has_body
    }

    fn write(&self, target: &str, text: &mut String) {
        let mark = if self.is_an_option() { "#" } else { "" };
        let string = |value: &str| Value::from(value).to_string();
        let mut lines = vec![format!("[target.{target}.endpoint.{}]", string(&self.id))];
        if self.kind != EndpointKind::Http {
            lines.push(format!("kind = {}", string(self.kind.as_str())));
        }
        lines.push(format!("role = {}", string(self.role.as_str())));
        if self.method != "GET" {
            lines.push(format!("method = {}", string(&self.method)));
        }
        lines.push(format!("path = {}", string(&filled_in(&self.path))));
        if self.has_body {
            lines.push(format!("body = {{ {} = \"\" }}", string(FILL_IN)));
        }
        if !self.token_locations.is_empty() {
            let places: Vec<String> = self.token_locations.iter().map(|one| string(one.as_str())).collect();
            lines.push(format!("token_locations = [{}]", places.join(", ")));
        }
        if self.token_locations.contains(&TokenLocation::Cookie) {
            let cookie = self.token_cookie.as_deref().unwrap_or(FILL_IN);
            lines.push(format!("token_cookie = {}", string(cookie)));
        }
        if self.role == Role::Issuer {
            lines.push("issued_token = \"$.access_token\"".to_owned());
        }
        if let Some((path, value)) = &self.seen {
            lines.push(format!("accept = {{ status = 200, json = {{ path = {}, is = {value} }} }}", string(path)));
        }
        text.push('\n');
        if self.is_an_option() {
            text.push_str("# An option: the call may change data, or a part of it is not known.\n");
        }
        for line in lines {
            let _ = writeln!(text, "{mark}{line}");
        }
        if mark.is_empty() && self.token_locations.contains(&TokenLocation::Cookie) && self.role == Role::Protected {
            text.push_str("#refusal = { status = 302, headers = { location = \"*/login*\" } }    # if it redirects who is not signed in\n");
        }
    }
}

/// Returns a path in which every `{…}` is a value to fill in.
fn filled_in(path: &str) -> String {
    let part = |part: &str| if part.contains('{') { FILL_IN.to_owned() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Returns the target file of `fivewhys init` for a system of which nothing is known.
#[must_use]
pub fn starter() -> String {
    Draft::default().render()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::TargetFile;

    /// Returns the file with every option switched on.
    fn uncommented(text: &str) -> String {
        let on = |line: &str| match line.strip_prefix('#') {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '[' || c == '\'' || c == ']') => {
                rest.to_owned()
            }
            _ => line.to_owned(),
        };
        text.lines().map(on).collect::<Vec<_>>().join("\n")
    }

    fn drafts() -> Vec<Draft> {
        let health = || Sketch::guessed(Role::Health, DraftLogin::Key);
        let protected = |id: &str| Sketch { id: id.to_owned(), ..Sketch::guessed(Role::Protected, DraftLogin::Key) };
        let method = "POST".to_owned();
        let post = Sketch { method, has_body: true, role: Role::Open, ..protected("backend.add") };
        let one = Sketch { path: "/orders/{id}".to_owned(), ..protected("backend.one") };
        let socket = Sketch { kind: EndpointKind::Websocket, ..protected("backend.live") };
        let endpoints = vec![health(), post, one, socket];
        let logins = [DraftLogin::Key, DraftLogin::Oauth, DraftLogin::Form, DraftLogin::Json];
        let auths = ["https://id.shop.test", "none"].map(|auth| Some(auth.to_owned()));
        let of = |login| {
            [None].into_iter().chain(auths.clone()).map(move |auth| Draft {
                login: Some(login),
                auth,
                ..Draft::default()
            })
        };
        let known = Draft { endpoints, name: "qa".to_owned(), ..Draft::default() };
        let oauth_has_a_url = |one: &Draft| one.login != Some(DraftLogin::Oauth) || one.auth.as_deref() != Some("none");
        [known].into_iter().chain(logins.into_iter().flat_map(of)).filter(oauth_has_a_url).collect()
    }

    #[test]
    fn a_draft_is_valid_with_and_without_options() {
        for text in drafts().iter().map(Draft::render) {
            assert_ne!(text, uncommented(&text));
            for text in [text.clone(), uncommented(&text)] {
                let checked = TargetFile::check("fivewhys.toml", &text, Path::new(""));
                assert!(checked.mistakes.is_empty(), "{:?}\n{text}", checked.mistakes);
                assert_eq!(checked.targets, 1);
            }
        }
    }

    #[test]
    fn a_session_needs_no_key_and_no_claims() {
        let text = Draft { login: Some(DraftLogin::Form), ..Draft::default() }.render();
        assert!(!text.contains("signing_secret") && !text.contains("claims"), "{text}");
        assert!(text.contains("auth = \"none\"") && text.contains("validation = \"session\""), "{text}");
        assert!(text.contains("token_locations = [\"cookie\"]\ntoken_cookie = \"FILL-IN\""), "{text}");
        let endpoints = vec![Sketch::guessed(Role::Protected, DraftLogin::Key)];
        let known = Draft { login: Some(DraftLogin::Form), endpoints, ..Draft::default() }.render();
        assert!(!known.contains("token_locations = [\"header\"]"), "{known}");
    }

    #[test]
    fn a_draft_with_a_health_endpoint_still_has_one_to_protect() {
        let endpoints = vec![Sketch::guessed(Role::Health, DraftLogin::Key)];
        let text = Draft { endpoints, ..Draft::default() }.render();
        assert!(text.contains("endpoint.\"backend.first\"]\nrole = \"protected\""), "{text}");
    }

    #[test]
    fn a_draft_names_nothing_of_another_system() {
        for text in drafts().iter().map(Draft::render) {
            assert!(!text.contains("netra") && !text.contains("chat"), "{text}");
        }
    }

    #[test]
    fn a_call_that_may_change_data_is_an_option() {
        let text = drafts()[0].render();
        assert!(text.contains("#[target.qa.endpoint.\"backend.add\"]\n#role = \"open\"\n#method = \"POST\""), "{text}");
        assert!(text.contains("#path = \"/orders/FILL-IN\""), "{text}");
        assert!(text.contains("\n[target.qa.endpoint.\"backend.health\"]"), "{text}");
    }
}
