//! Probes: one call of one surface, and the exchange that comes of it. Acts, never judges.

mod address;
mod answer;
mod body;
mod call;
mod cannot;
mod classify;
mod conversation;
mod cookies;
mod credentials;
mod deadline;
mod dial;
mod error;
mod exchange;
mod handshake;
mod http;
mod issue;
mod key;
mod pace;
mod phases;
mod placeholders;
mod presented;
mod prober;
mod record;
mod render;
mod request;
mod session;
mod sse;
mod sse_parser;
#[cfg(test)]
mod tests;
mod tls;
mod transport;
mod websocket;
mod websocket_error;

pub use cannot::{CannotProbe, SetupError};
pub use credentials::{CredentialError, Credentials, Redact};
pub use error::{ErrorKind, TransportError};
pub use exchange::{Body, Close, Exchange, Frame, Head, Phases, SentRequest, Side, StreamEvent};
pub use key::{Caller, Carrier, ProbeKey};
pub use prober::Prober;
pub use request::{ProbeRequest, Until};
pub use session::Session;
pub(crate) use tls::client_config as tls_config;
