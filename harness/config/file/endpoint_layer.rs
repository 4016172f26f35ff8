//! One layer of an endpoint, as written in a target file. [`EndpointLayer::resolve`] makes an [`Endpoint`] of the merged layers.

use serde::Deserialize;
use serde_json::Value;

use crate::config::file::csrf_layer::RefusalLayer;
use crate::config::file::overlay::{Overlay, overlays};
use crate::config::file::request_layer::{BasicLayer, WrittenBody};
use crate::config::target::as_websocket;
use crate::config::{Accept, BodyForm, Endpoint, JsonSchema, RequestForm, Validation};
use crate::document::values::{BaseUrl, HeaderKey, Method, Query, Route};
use crate::document::written::{Json, Match, Named, OneOrMany};
use crate::terms::{EndpointKind, Role, Service, TokenLocation};

overlays! {
    /// `[target.NAME.endpoint."backend.chat-stream"]`.
    pub(crate) struct EndpointLayer {
        /// The protocol. `http` when absent.
        kind: Option<EndpointKind>,
        /// What the diagnosis may use it for. `open` when absent: it takes no part in the diagnosis.
        role: Option<Role>,
        /// The HTTP method. `GET` when absent.
        method: Option<Method>,
        /// The base URL, if it is not that of the service: another backend, or a third service. For a WebSocket, `ws` or `wss` replaces its scheme.
        base_url: Option<BaseUrl>,
        /// The path, for example `/api/threads`.
        path: Option<Route>,
        /// Query pairs. In the values, `{token}`, `{email}` and `{sub}` are replaced.
        query: Named<String, String>,
        /// Additional headers. Headers that the probe sets and headers that mark a request as a test are not allowed.
        headers: Named<HeaderKey, String>,
        /// The JSON body. In its strings, `{token}`, `{email}`, `{sub}` and `{secret:NAME}` are replaced.
        body: Option<Json>,
        /// A form body (`application/x-www-form-urlencoded`) instead of JSON: `{ name = "text" }`. A list repeats its name. Placeholders as in `body`.
        form: Named<String, Json>,
        /// A `multipart/form-data` body: `{ note = "text", file = { content = "…", filename = "a.txt", type = "text/plain" } }`. `base64` instead of `content` holds bytes.
        multipart: Named<String, Json>,
        /// A text body. Placeholders as in `body`. `text/plain` unless `headers` has a `Content-Type`.
        text: Option<String>,
        /// A body of bytes, as base64. `application/octet-stream` unless `headers` has a `Content-Type`.
        binary: Option<String>,
        /// HTTP Basic credentials (RFC 7617): `{ user = "{email}", password = "{secret:password}" }`.
        basic: BasicLayer,
        /// WebSocket: messages that are sent after the handshake.
        send: Option<Vec<Json>>,
        /// Where the token can be sent, the default location first. When absent, the endpoint takes no token.
        #[serde(alias = "carriers")]
        token_locations: Option<Vec<TokenLocation>>,
        /// WebSocket: the subprotocols offered for the token location `subprotocol`. `{token}` and `{token_base64url}` are replaced. For example `["jwt-auth", "jwt.{token_base64url}"]`.
        subprotocols: Option<Vec<String>>,
        /// How the token of this endpoint is verified, where that differs from the target's `validation`.
        validation: Option<Validation>,
        /// Whether the request carries the service credentials of `caller`. `false` when absent.
        takes_caller: Option<bool>,
        /// Whether browsers call this endpoint, in a target with a table `browser`. When absent: `false` with `takes_caller` and for the roles `health`, `self-check` and `introspection`, else `true`.
        browser: Option<bool>,
        /// How an accepted request is recognised. Every given condition must hold.
        accept: AcceptLayer,
        /// How a refusal of the calling service is recognised, where the response says so.
        caller_rejected: Option<Match>,
        /// How a refusal of the credential is recognised, where its status alone does not say so, for example a redirect to a login page. Every given condition must hold.
        refusal: RefusalLayer,
        /// The name of the cookie for the token location `cookie`.
        token_cookie: Option<String>,
        /// Role `issuer`: the name of the cookie that is the token. Needs `accept.status`, which a wrong password must not have.
        issued_cookie: Option<String>,
        /// The field of the response (body, event or frame) that names the signed-in user, by its `sub` or its `email`, for example `$.user_id`. Without it, a success of an `optional` endpoint proves nothing.
        identity: Option<Query>,
        /// The place of an event's or frame's name in its JSON, for example `$.type`.
        event_name: Option<Query>,
        /// Role `issuer`: the place of the token in the response, for example `$.access_token`. `$` is the whole response: a JSON string, or plain text.
        issued_token: Option<Query>,
    }
}
overlays! {
    pub(crate) struct AcceptLayer {
        /// Status codes, one or a list. When absent: 200 to 299, or 101 for a WebSocket.
        status: Option<OneOrMany<u16>>,
        /// What the JSON body must hold, one match or a list: `{ path = "$.status", is = "healthy" }`.
        json: Option<OneOrMany<Match>>,
        /// A text that the body must contain, or a list of them.
        text: Option<OneOrMany<String>>,
        /// Header values by name. In a value, `*` matches any text: `{ content-type = "text/html*" }`.
        headers: Named<String, String>,
        /// The JSON Schema that the body must fit. Needs a build with the feature `json-schema`.
        schema: Option<Json>,
        /// The event that ends a complete stream, for example `stream_end`. Of a WebSocket: the frame, which needs `event_name`. The socket is followed to it, and it may be closed after it.
        terminal_event: Option<String>,
        /// What the first frame of a WebSocket must hold. The messages are sent after it, or after one second without it.
        first_frame: Option<Match>,
    }
}

impl EndpointLayer {
    /// Resolves and checks the endpoint.
    ///
    /// # Errors
    /// When a key is missing or two keys contradict each other. The error is a message for people.
    pub(crate) fn resolve(self, id: &str) -> Result<Endpoint, String> {
        let service = if id.starts_with("auth.") { Service::Auth } else { Service::Backend };
        let pairs = |named: Vec<crate::document::written::Entry<String>>| {
            named.into_iter().map(|e| (e.name, e.value)).collect()
        };
        let written = WrittenBody {
            json: self.body,
            form: self.form.0,
            multipart: self.multipart.0,
            text: self.text,
            binary: self.binary,
        };
        let named = |flaw: String| format!("the endpoint `{id}` {flaw}");
        let (body, form) = written.resolve().map_err(named)?.unzip();
        let kind = self.kind.unwrap_or(EndpointKind::Http);
        let base = self.base_url.map(|url| if kind.is_upgrade() { as_websocket(&url.0) } else { url.0 });
        let form = RequestForm {
            base,
            body: form.unwrap_or(BodyForm::Json),
            basic: self.basic.resolve().map_err(|flaw| named(flaw.to_owned()))?,
            token_cookie: self.token_cookie,
            issued_cookie: self.issued_cookie,
            refusal: self.refusal.resolve(),
            discovery: None,
        };
        let (role, takes_caller) = (self.role.unwrap_or(Role::Open), self.takes_caller.unwrap_or(false));
        let endpoint = Endpoint {
            past_edge: false,
            id: id.to_owned(),
            service,
            kind,
            role,
            method: self.method.map_or_else(|| "GET".to_owned(), |method| method.0),
            path: self.path.ok_or_else(|| format!("the endpoint `{id}` has no `path`"))?.0,
            query: pairs(self.query.0),
            headers: pairs(self.headers.0),
            body,
            send: self.send.unwrap_or_default().into_iter().map(|message| message.0).collect(),
            token_locations: self.token_locations.unwrap_or_default(),
            subprotocols: self.subprotocols.unwrap_or_default(),
            validation: self.validation,
            takes_caller,
            browser: self.browser.unwrap_or(!takes_caller && !called_by_services(role)),
            accept: self.accept.resolve().map_err(|flaw| format!("`accept.schema` of the endpoint `{id}` {flaw}"))?,
            caller_rejected: self.caller_rejected.map(Match::into_json_match),
            identity: self.identity.map(|query| query.0),
            event_name: self.event_name.map(|query| query.0),
            issued_token: self.issued_token.map(|query| query.0),
            form,
        };
        check(&endpoint).map_or(Ok(()), Err)?;
        Ok(endpoint)
    }
}

impl AcceptLayer {
    fn resolve(self) -> Result<Accept, String> {
        let lower = |entry: crate::document::written::Entry<String>| (entry.name.to_ascii_lowercase(), entry.value);
        Ok(Accept {
            text: self.text.unwrap_or_default().0,
            headers: self.headers.0.into_iter().map(lower).collect(),
            schema: self.schema.map(|schema| JsonSchema::compile(&schema.0)).transpose()?,
            status: self.status.unwrap_or_default().0,
            json: self.json.unwrap_or_default().0.into_iter().map(Match::into_json_match).collect(),
            terminal_event: self.terminal_event,
            first_frame: self.first_frame.map(Match::into_json_match),
        })
    }
}

/// Reports whether services and platforms call an endpoint of this role, and pages do not.
const fn called_by_services(role: Role) -> bool {
    matches!(role, Role::Health | Role::SelfCheck | Role::Introspection)
}

/// Returns the first contradiction between keys, if there is one.
fn check(endpoint: &Endpoint) -> Option<String> {
    let id = &endpoint.id;
    let form = &endpoint.form;
    let websocket = endpoint.kind == EndpointKind::Websocket;
    let carries = |token_location| endpoint.token_locations.contains(&token_location);
    let bodies = endpoint.body.iter().filter(|_| !websocket).chain(endpoint.send.iter().filter(|_| websocket));
    let in_body = bodies.into_iter().any(|body| holds(body, "{token}"));
    let in_subprotocols = endpoint.subprotocols.iter().any(|offer| offer.contains("{token"));
    let signed_in = matches!(endpoint.role, Role::Protected | Role::Introspection | Role::Logout);
    let flaw = if signed_in && endpoint.token_locations.is_empty() {
        "takes a token but names no `token_locations`"
    } else if carries(TokenLocation::Body) && !in_body && websocket {
        "sends the token in a message, but its `send` holds no `\"{token}\"`"
    } else if carries(TokenLocation::Body) && !in_body {
        "sends the token in the body, but its `body` holds no `\"{token}\"`"
    } else if carries(TokenLocation::Query) && !endpoint.query.iter().any(|(_, value)| value.contains("{token}")) {
        "sends the token in its URL, but its `query` holds no `\"{token}\"`"
    } else if endpoint.role == Role::Optional && endpoint.token_locations.is_empty() {
        "has the role `optional` but names no `token_locations`"
    } else if carries(TokenLocation::Subprotocol) && !(websocket && in_subprotocols) {
        "sends the token as a subprotocol: this needs kind `websocket` and `subprotocols` with `{token}` or `{token_base64url}`"
    } else if endpoint.role == Role::Issuer && endpoint.issued_token.is_none() && form.issued_cookie.is_none() {
        "mints a token but has no `issued_token`, the place of the token in the response, and no `issued_cookie`"
    } else if endpoint.issued_token.is_some() && form.issued_cookie.is_some() {
        "has both `issued_token` and `issued_cookie`"
    } else if form.issued_cookie.is_some() && endpoint.accept.status.is_empty() {
        "has `issued_cookie` but no `accept.status`: many systems set a session cookie even when they refuse a login"
    } else if carries(TokenLocation::Cookie) != form.token_cookie.is_some() {
        "needs both the token location `cookie` and `token_cookie`, the name of the cookie"
    } else if !form.token_cookie.iter().chain(&form.issued_cookie).all(|name| is_cookie_name(name)) {
        "names a cookie with a character that no name of a cookie has (RFC 6265, section 4.1.1)"
    } else if !websocket && (!endpoint.send.is_empty() || endpoint.accept.first_frame.is_some()) {
        "has `send` or `accept.first_frame`, which need kind `websocket`"
    } else if websocket && endpoint.accept.terminal_event.is_some() && endpoint.event_name.is_none() {
        "has `accept.terminal_event` but no `event_name`, the place of a frame's name, for example `$.type`"
    } else if websocket && (endpoint.method != "GET" || endpoint.body.is_some()) {
        "is a WebSocket: its method is GET and it has no body"
    } else if form.basic.is_some() && carries(TokenLocation::Header) {
        "has `basic` and takes a token in the header: both need the header `Authorization`"
    } else {
        return None;
    };
    Some(format!("the endpoint `{id}` {flaw}"))
}

fn is_cookie_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_graphic() && !"()<>@,;:\\\"/[]?={}".contains(c))
}

/// Reports whether any string in the JSON holds the text.
fn holds(json: &Value, text: &str) -> bool {
    match json {
        Value::String(string) => string.contains(text),
        Value::Array(values) => values.iter().any(|value| holds(value, text)),
        Value::Object(fields) => fields.values().any(|value| holds(value, text)),
        _ => false,
    }
}
