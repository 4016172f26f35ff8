//! Probes: one call of one endpoint, and the exchange that comes of it. Acts, never judges.

mod exchange;
mod http;
mod issue;
mod pace;
mod prober;
mod record;
mod request;
mod session;
mod sse;
#[cfg(test)]
mod tests;
mod transport;
mod websocket;

pub use crate::probe::exchange::error::{ErrorKind, TransportError};
pub use crate::probe::exchange::key::ProbeKey;
pub use crate::probe::request::cannot::{CannotProbe, SetupError};
pub use crate::probe::request::credentials::{CredentialError, Credentials, Redact};
pub use exchange::{Body, Close, Exchange, Frame, Head, Phases, SentRequest, Side, StreamEvent};
pub use prober::Prober;
pub use request::{ProbeRequest, Until};
pub use session::Session;
