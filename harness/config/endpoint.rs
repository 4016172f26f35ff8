//! One thing of a deployment that can be called, and how its answers are to be read. Sits in `target`.

use crate::document::JsonMatch;
use crate::terms::{EndpointKind, Role, Service};
use serde_json_path::JsonPath;

use crate::terms::TokenLocation;

/// An endpoint as the target file describes it, resolved.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// `backend.chat-stream`: the service, a dot, a name of the target's own choosing.
    pub id: String,
    /// Whose base URL it is called at.
    pub service: Service,
    /// Called at the backend's own URL, past the edge: the target's copy of an endpoint of the same name.
    pub past_edge: bool,
    /// The protocol it speaks.
    pub kind: EndpointKind,
    /// What the diagnosis may take it for.
    pub role: Role,
    /// The HTTP method (`GET` for a WebSocket).
    pub method: String,
    /// The path, with a leading slash and without query.
    pub path: String,
    /// Query pairs. In their values `{token}` is replaced for the token location `query`, `{email}` and `{sub}` by those of the user.
    pub query: Vec<(String, String)>,
    /// Further headers, as written in the target.
    pub headers: Vec<(String, String)>,
    /// The JSON body. In its strings `{token}` is replaced by the token, `{email}` and `{sub}` by those of the user, and
    /// `{secret:NAME}` by that secret of the user.
    pub body: Option<serde_json::Value>,
    /// WebSocket: messages sent once the socket is open.
    pub send: Vec<serde_json::Value>,
    /// The ways the token can travel, the usual one first. Empty for endpoints that take none.
    pub token_locations: Vec<TokenLocation>,
    /// WebSocket: offered subprotocols for the token location `subprotocol`; `{token}` and `{token_base64url}` are replaced.
    pub subprotocols: Vec<String>,
    /// Whether the call carries service credentials (the auth service's validation routes).
    pub takes_caller: bool,
    /// How acceptance is recognised.
    pub accept: Accept,
    /// How a refusal of the *calling service* is recognised, where the system says so itself.
    pub caller_rejected: Option<JsonMatch>,
    /// Which field of the answer (body, event or frame) tells who was signed in.
    pub identity: Option<JsonPath>,
    /// Where an event's or frame's name is found in its JSON, for example `$.type`.
    pub event_name: Option<JsonPath>,
    /// Issuer endpoints: where the minted token is found in the body.
    pub issued_token: Option<JsonPath>,
}

/// How acceptance is recognised. Everything that is given must hold.
#[derive(Debug, Clone, Default)]
pub struct Accept {
    /// Allowed status codes (101 for a WebSocket). Empty: 200 to 299, or 101.
    pub status: Vec<u16>,
    /// A predicate on the JSON body (or, for a WebSocket, nothing).
    pub json: Vec<JsonMatch>,
    /// The name of the event that ends a good stream.
    pub terminal_event: Option<String>,
    /// A predicate on the first frame a WebSocket server sends.
    pub first_frame: Option<JsonMatch>,
}

impl Endpoint {
    /// Whether a success says nothing of the credential: signing in is optional, and the answer does not tell whom it served.
    #[must_use]
    pub fn success_proves_nothing(&self) -> bool {
        self.role == Role::Optional && self.identity.is_none()
    }

    /// The token location used when nobody asks for another. `header` for endpoints that take none.
    #[must_use]
    pub fn usual_token_location(&self) -> TokenLocation {
        self.token_locations.first().copied().unwrap_or(TokenLocation::Header)
    }
}
