//! Probes: one call of one endpoint, recorded as an exchange.
//!
//! Start at [`Session::send`], which sends a [`ProbeRequest`] and returns an [`Exchange`].
//!
//! - `prober`, `session`: what all probes of a run share, and what the probes of one cookie jar share
//! - `hang`: shorter waits for a service that is known to hang
//! - `hold`: opens a WebSocket that stays open for many messages
//! - `last_word`: shorter waits after an event or frame that was the last one before
//! - `pace`: the request rate of a run; `shared_rate`: that of all runs on this machine
//! - `preview`: what a probe would send, for `smoke --dry-run`
//! - `request/`: makes the request, once for the wire and once for the record
//! - `transport/`: deadline, phase times, bodies and error kinds, for every protocol
//! - `preflight`: the OPTIONS request that a browser sends first
//! - `browser/`: what a browser does with a call of a page
//! - `coding/`: decodes gzip, br and zstd, up to a limit
//! - `http/`, `sse/`, `websocket/`: one protocol each
//! - `grpc/`: the status of a gRPC call
//! - `exchange/`: the record of a probe
//! - `record`: redacts a response and makes the exchange
//! - `login`: where the token of a probe comes from
//! - `csrf`: tokens against cross-site request forgery
//! - `issue`: takes the token from the response of an issuer endpoint
//!
//! Invariant: this folder never decides whether a response is good, and never returns text that is not redacted.

mod browser;
mod coding;
mod csrf;
mod exchange;
mod grpc;
mod hang;
mod hold;
mod http;
mod issue;
mod last_word;
mod login;
mod pace;
mod preflight;
mod preview;
mod prober;
mod record;
mod request;
mod session;
#[cfg(unix)]
mod shared_rate;
mod sse;
#[cfg(test)]
mod tests;
mod transport;
mod websocket;

pub use crate::probe::exchange::browser::{AsBrowser, BlockReason, Blocked, Preflight};
pub use crate::probe::exchange::error::{ErrorKind, TransportError};
pub use crate::probe::exchange::key::ProbeKey;
pub use crate::probe::request::cannot::{CannotProbe, SetupError};
pub use crate::probe::request::credentials::{CredentialError, Credentials, Redact};
pub use exchange::{Body, Close, Exchange, Frame, Head, Phases, SentRequest, Side, StreamEvent};
pub use grpc::GrpcStatus;
pub(crate) use grpc::{is_grpc, plain, trailers};
pub(crate) use hold::{Arrived, Held};
pub(crate) use preview::Preview;
pub use prober::Prober;
pub(crate) use record::{clean_events, clean_frames};
pub use request::{ProbeRequest, Until};
pub use session::Session;
pub(crate) use sse::parser::SseParser;
