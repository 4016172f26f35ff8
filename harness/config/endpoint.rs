//! An endpoint of a deployment, and how to read its responses.

use crate::config::{JsonSchema, RequestForm, Validation};
use crate::document::JsonMatch;
use crate::terms::{EndpointKind, Role, Service};
use serde_json_path::JsonPath;

use crate::terms::TokenLocation;

/// An endpoint as the target file describes it, resolved.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// The service, a dot and a name that the target file chooses: `backend.chat-stream`.
    pub id: String,
    /// The service whose base URL it is called at.
    pub service: Service,
    /// Whether it is called at the backend's own URL, around the edge. Such an endpoint is a copy of one with the same
    /// name.
    pub past_edge: bool,
    /// The protocol it speaks.
    pub kind: EndpointKind,
    /// What the diagnosis may use it for.
    pub role: Role,
    /// The HTTP method (`GET` for a WebSocket).
    pub method: String,
    /// The path, with a leading slash and without query.
    pub path: String,
    /// Query pairs. In the values, `{token}` (token location `query`), `{email}` and `{sub}` are replaced.
    pub query: Vec<(String, String)>,
    /// Additional headers, as written in the target file.
    pub headers: Vec<(String, String)>,
    /// The content of the body, in the form that [`RequestForm::body`] says. In its strings, `{token}`, `{email}`, `{sub}` and `{secret:NAME}` (a secret of the user) are
    /// replaced.
    pub body: Option<serde_json::Value>,
    /// WebSocket: the messages that are sent after the handshake.
    pub send: Vec<serde_json::Value>,
    /// Where the token can be sent, the default location first. Empty for an endpoint that takes no token.
    pub token_locations: Vec<TokenLocation>,
    /// WebSocket: the subprotocols offered for the token location `subprotocol`. `{token}` and `{token_base64url}` are
    /// replaced.
    pub subprotocols: Vec<String>,
    /// How its token is verified, where that differs from the rest of the target.
    pub validation: Option<Validation>,
    /// Whether the request carries service credentials, as the auth service's validation routes need.
    pub takes_caller: bool,
    /// Whether browsers call it, in a target whose clients are browsers.
    pub browser: bool,
    /// How an accepted request is recognised.
    pub accept: Accept,
    /// How a refusal of the *calling service* is recognised, where the response says so.
    pub caller_rejected: Option<JsonMatch>,
    /// The field of the response (body, event or frame) that names the signed-in user.
    pub identity: Option<JsonPath>,
    /// The place of an event's or frame's name in its JSON, for example `$.type`.
    pub event_name: Option<JsonPath>,
    /// Role `issuer`: the place of the minted token in the response body. `$` is the whole body.
    pub issued_token: Option<JsonPath>,
    /// The form of its request, where it is not plain JSON for the base URL of its service.
    pub form: RequestForm,
}

/// How an accepted request is recognised. Every given condition must hold.
#[derive(Debug, Clone, Default)]
pub struct Accept {
    /// Allowed status codes. Empty allows 200 to 299, or 101 for a WebSocket.
    pub status: Vec<u16>,
    /// Conditions on the JSON body. Empty for a WebSocket.
    pub json: Vec<JsonMatch>,
    /// The name of the event that ends a complete stream.
    pub terminal_event: Option<String>,
    /// Texts that the body must contain.
    pub text: Vec<String>,
    /// Header names in lower case, each with a pattern in which `*` matches any text.
    pub headers: Vec<(String, String)>,
    /// The JSON Schema that the body must fit.
    pub schema: Option<JsonSchema>,
    /// A condition on the first frame that a WebSocket server sends.
    pub first_frame: Option<JsonMatch>,
}

impl Endpoint {
    /// Returns ` at HOST:PORT` if the endpoint has a base URL of its own, and nothing otherwise.
    pub(crate) fn at_its_host(&self) -> String {
        let Some(base) = self.form.base.as_ref().filter(|_| !self.past_edge) else { return String::new() };
        let port = base.port().map_or_else(String::new, |port| format!(":{port}"));
        format!(" at {}{port}", base.host_str().unwrap_or_default())
    }

    /// Returns an endpoint that takes no token and has no role.
    pub(crate) fn bare(id: String, service: Service, method: String, path: String) -> Self {
        Self {
            id,
            service,
            past_edge: false,
            kind: EndpointKind::Http,
            role: Role::Open,
            method,
            path,
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            send: Vec::new(),
            token_locations: Vec::new(),
            subprotocols: Vec::new(),
            validation: None,
            takes_caller: false,
            browser: false,
            accept: Accept::default(),
            caller_rejected: None,
            identity: None,
            event_name: None,
            issued_token: None,
            form: RequestForm::default(),
        }
    }
}

impl Endpoint {
    /// Reports whether a success says nothing about the credential: sign-in is optional and the response does not name
    /// the user.
    #[must_use]
    pub fn success_proves_nothing(&self) -> bool {
        self.role == Role::Optional && self.identity.is_none()
    }

    /// Returns the default token location. Returns `header` for an endpoint that takes no token.
    #[must_use]
    pub fn usual_token_location(&self) -> TokenLocation {
        self.token_locations.first().copied().unwrap_or(TokenLocation::Header)
    }
}
