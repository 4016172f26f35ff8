//! Makes the request of a probe: URL, headers, body and messages.
//!
//! It runs twice with two sets of values, for the wire and for the record. The record therefore never contains a token.

use std::borrow::Cow;
use std::sync::LazyLock;

use hyper::Method;
use serde_json::Value;
use url::Url;

use crate::config::{Basic, BodyForm, Endpoint, Target, User};
use crate::probe::browser::page::Page;
use crate::probe::coding;
use crate::probe::request::placeholders::{Meaning, fill, fill_text};
use crate::probe::request::{address, body};
use crate::probe::{CannotProbe, ProbeRequest};
use crate::terms::TokenLocation;

/// Headers by which tests identify themselves. Some systems skip authentication when they see one of them.
const TEST_HEADERS: [(&str, &str); 4] =
    [("X-Test-Type", "E2E"), ("X-Test-Environment", "staging"), ("X-E2E-Test", "true"), ("X-Test-Mode", "true")];

/// A request, ready to be sent or recorded.
#[derive(Clone)]
pub(crate) struct Rendered {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
    /// WebSocket messages.
    pub(crate) messages: Vec<String>,
}

/// What is called, and for which user.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) target: &'a Target,
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) user: &'a User,
    pub(crate) request: &'a ProbeRequest,
    /// The address from a discovery document, instead of that of the endpoint.
    pub(crate) address: Option<&'a Url>,
}

/// The ids of one probe, new for each one.
pub(crate) struct Ids {
    pub(crate) trace: String,
    span: String,
    request: String,
    pub(crate) websocket_key: LazyLock<String>,
    /// What separates the parts of a multipart body.
    boundary: LazyLock<String>,
}

/// The values that are filled in: the real ones for the wire, labels for the record.
pub(crate) struct Values<'a> {
    /// The token as it is and in base64url, if one is sent.
    pub(crate) token: Option<[String; 2]>,
    /// Headers that identify the calling service.
    pub(crate) service: Vec<(String, String)>,
    /// The token against cross-site request forgery.
    pub(crate) csrf: Option<String>,
    /// The session's cookies for this URL, and the cookie that is the token.
    pub(crate) cookie: Option<String>,
    /// Returns a secret of the user or the target by its name.
    pub(crate) secret: &'a dyn Fn(&str) -> Result<String, CannotProbe>,
    /// Returns the value of the header `Authorization` for a user and a password.
    pub(crate) basic: &'a dyn Fn(&str, &str) -> String,
}

impl Ids {
    pub(crate) fn fresh() -> Self {
        use base64::Engine as _;
        let mut span = uuid::Uuid::new_v4().simple().to_string();
        span.truncate(16);
        Self {
            trace: uuid::Uuid::new_v4().simple().to_string(),
            span,
            request: uuid::Uuid::new_v4().to_string(),
            boundary: LazyLock::new(|| format!("fivewhys-{}", uuid::Uuid::new_v4().simple())),
            websocket_key: LazyLock::new(|| {
                base64::engine::general_purpose::STANDARD.encode(uuid::Uuid::new_v4().as_bytes())
            }),
        }
    }
}

impl Call<'_> {
    /// Returns the URL without its query, which may contain the token.
    pub(crate) fn place(&self) -> Result<Url, CannotProbe> {
        let (base, path) = self.base();
        address::url(&base, path, &[])
    }

    /// Returns the base URL and the path.
    fn base(&self) -> (Cow<'_, Url>, &str) {
        match self.address {
            Some(address) => (Cow::Owned(address.join("/").unwrap_or_else(|_| address.clone())), address.path()),
            None => {
                let path = self.request.path.as_deref().unwrap_or(&self.endpoint.path);
                (Cow::Borrowed(self.target.base(self.endpoint)), path)
            }
        }
    }

    /// Returns the page that makes the call. `None`: its clients are no browsers. No page has the headers of a test.
    pub(crate) fn page(&self) -> Option<Page<'_>> {
        Page::of(self.target, self.endpoint, self.request.foreign_page).filter(|_| !self.request.test_headers)
    }

    fn url(&self, values: &Values<'_>) -> Result<Url, CannotProbe> {
        let (base, path) = self.base();
        let (ours, asked) = (&self.endpoint.query, &self.request.query);
        let kept = ours.iter().filter(|(name, _)| !asked.iter().any(|(other, _)| other == name));
        let filled = kept.chain(asked).map(|(name, value)| {
            let value = fill_text(value, &|word| Ok::<_, CannotProbe>(self.in_query(word, values)))?;
            Ok(value.map(|value| (name.clone(), value)))
        });
        let discovered =
            self.address.into_iter().flat_map(Url::query_pairs).map(|(name, value)| (name.into(), value.into()));
        let filled = filled.filter_map(Result::transpose);
        let pairs: Vec<_> = discovered.map(Ok).chain(filled).collect::<Result<_, CannotProbe>>()?;
        address::url(&base, path, &pairs)
    }

    fn in_query(&self, name: &str, values: &Values<'_>) -> Meaning {
        match name {
            "token" => self.carried(TokenLocation::Query, values, 0),
            "email" => Meaning::Text(self.user.email.clone()),
            "sub" => Meaning::Text(self.user.sub.clone()),
            "csrf" => values.csrf.clone().map_or(Meaning::Foreign, Meaning::Text),
            _ => Meaning::Foreign,
        }
    }

    pub(crate) fn render(&self, ids: &Ids, values: &Values<'_>) -> Result<Rendered, CannotProbe> {
        let method = Method::from_bytes(self.endpoint.method.as_bytes())
            .map_err(|_| CannotProbe::Method(self.endpoint.method.clone()))?;
        let body = self.body(ids, values)?;
        let headers = self.headers(ids, values, &method, body.is_some())?;
        Ok(Rendered { method, url: self.url(values)?, headers, body, messages: self.messages(values)? })
    }

    /// Returns how the body is written.
    fn body_form(&self) -> BodyForm {
        let own = self.request.body.as_ref().map(|_| self.request.body_form);
        own.unwrap_or(self.endpoint.form.body)
    }

    fn body(&self, ids: &Ids, values: &Values<'_>) -> Result<Option<Vec<u8>>, CannotProbe> {
        let Some(body) = self.request.body.as_ref().or(self.endpoint.body.as_ref()) else { return Ok(None) };
        let filled = fill(body, &|name| self.meaning(name, values))?;
        Ok(filled.map(|content| body::encode(&content, self.body_form(), &ids.boundary)))
    }

    fn basic(&self, basic: &Basic, values: &Values<'_>) -> Result<Option<String>, CannotProbe> {
        let filled = |text: &str| fill_text(text, &|name| self.meaning(name, values));
        let encoded = |text: String| match basic.is_form_encoded {
            true => url::form_urlencoded::byte_serialize(text.as_bytes()).collect(),
            false => text,
        };
        let (user, password) = (filled(&basic.user)?, filled(&basic.password)?);
        Ok(user.zip(password).map(|(user, password)| (values.basic)(&encoded(user), &encoded(password))))
    }

    fn messages(&self, values: &Values<'_>) -> Result<Vec<String>, CannotProbe> {
        let messages = self.request.send.as_ref().unwrap_or(&self.endpoint.send);
        let text = |json: Value| match json {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let filled = messages.iter().map(|json| Ok(fill(json, &|name| self.meaning(name, values))?.map(text)));
        filled.filter_map(Result::transpose).collect()
    }

    fn headers(
        &self,
        ids: &Ids,
        values: &Values<'_>,
        method: &Method,
        has_body: bool,
    ) -> Result<Vec<(String, String)>, CannotProbe> {
        let mut headers =
            Headers(vec![("User-Agent".to_owned(), concat!("fivewhys/", env!("CARGO_PKG_VERSION")).to_owned())]);
        let streams = self.endpoint.kind.is_event_stream();
        headers.set("Accept", if streams { "text/event-stream" } else { "*/*" });
        if !self.endpoint.kind.is_upgrade() {
            headers.set("Accept-Encoding", if streams { coding::FOR_STREAMS } else { coding::FOR_BODIES });
        }
        if has_body {
            let multipart = || Cow::Owned(format!("multipart/form-data; boundary={}", *ids.boundary));
            headers.set("Content-Type", &self.body_form().media_type().map_or_else(multipart, Cow::Borrowed));
        }
        if let Some(origin) = self.page().and_then(|page| page.origin_header(method)) {
            headers.set("Origin", origin);
        }
        headers.add_all(&self.own_headers(values)?);
        if let Some(basic) = &self.endpoint.form.basic
            && let Some(value) = self.basic(basic, values)?
        {
            headers.set("Authorization", &value);
        }
        if self.request.test_headers {
            TEST_HEADERS.iter().for_each(|(name, value)| headers.set(name, value));
        }
        headers.set("traceparent", &format!("00-{}-{}-01", ids.trace, ids.span));
        headers.set("X-Request-ID", &ids.request);
        if let Some(cookie) = &values.cookie {
            headers.set("Cookie", cookie);
        }
        for (name, value) in &values.service {
            headers.set(name, value);
        }
        if self.endpoint.kind.is_upgrade() {
            self.upgrade(&mut headers, ids, values)?;
        }
        if let (TokenLocation::Header, Some([token, _])) = (self.request.key.token_location, &values.token) {
            headers.set("Authorization", &format!("Bearer {token}"));
        }
        Ok(headers.0)
    }

    /// Returns the headers of the target file, with their placeholders filled in.
    fn own_headers(&self, values: &Values<'_>) -> Result<Vec<(String, String)>, CannotProbe> {
        let filled = self.endpoint.headers.iter().map(|(name, value)| {
            let value = fill_text(value, &|word| self.meaning(word, values))?;
            Ok(value.map(|value| (name.clone(), value)))
        });
        filled.filter_map(Result::transpose).collect()
    }

    /// Sets the headers of RFC 6455, 4.1, except `Host`, which the connection sets.
    fn upgrade(&self, headers: &mut Headers, ids: &Ids, values: &Values<'_>) -> Result<(), CannotProbe> {
        headers.set("Connection", "Upgrade");
        headers.set("Upgrade", "websocket");
        headers.set("Sec-WebSocket-Version", "13");
        headers.set("Sec-WebSocket-Key", &ids.websocket_key);
        let offered =
            self.endpoint.subprotocols.iter().map(|form| fill_text(form, &|name| self.subprotocol(name, values)));
        let offered: Vec<String> = offered.filter_map(Result::transpose).collect::<Result<_, CannotProbe>>()?;
        if !offered.is_empty() {
            headers.set("Sec-WebSocket-Protocol", &offered.join(", "));
        }
        Ok(())
    }

    fn subprotocol(&self, name: &str, values: &Values<'_>) -> Result<Meaning, CannotProbe> {
        let which = match name {
            "token" => 0,
            "token_base64url" => 1,
            _ => return Ok(Meaning::Foreign),
        };
        Ok(self.carried(TokenLocation::Subprotocol, values, which))
    }

    fn meaning(&self, name: &str, values: &Values<'_>) -> Result<Meaning, CannotProbe> {
        if let Some(secret) = name.strip_prefix("secret:") {
            return (values.secret)(secret).map(Meaning::Text);
        }
        Ok(match name {
            "token" => self.carried(TokenLocation::Body, values, 0),
            "email" => Meaning::Text(self.user.email.clone()),
            "sub" => Meaning::Text(self.user.sub.clone()),
            "csrf" => values.csrf.clone().map_or(Meaning::Foreign, Meaning::Text),
            _ => Meaning::Foreign,
        })
    }

    /// Reports whether the request has a place for a token against cross-site request forgery.
    pub(crate) fn takes_csrf(&self) -> bool {
        const PLACE: &str = "{csrf}";
        let query = self.endpoint.query.iter().chain(&self.request.query);
        let body = self.request.body.as_ref().or(self.endpoint.body.as_ref());
        query.chain(&self.endpoint.headers).any(|(_, value)| value.contains(PLACE))
            || body.is_some_and(|body| body.to_string().contains(PLACE))
    }

    fn carried(&self, token_location: TokenLocation, values: &Values<'_>, which: usize) -> Meaning {
        match &values.token {
            Some(forms) if self.request.key.token_location == token_location => Meaning::Text(forms[which].clone()),
            _ => Meaning::Nothing,
        }
    }
}

/// Headers in the order they were set. A later header replaces an earlier one of the same name.
struct Headers(Vec<(String, String)>);

impl Headers {
    fn set(&mut self, name: &str, value: &str) {
        self.0.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// Adds the headers of the target file. They replace those of the harness, and may repeat a name.
    fn add_all(&mut self, headers: &[(String, String)]) {
        self.0.retain(|(ours, _)| !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(ours)));
        self.0.extend_from_slice(headers);
    }
}
