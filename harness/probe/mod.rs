//! Probes: one call of one surface, and the exchange that comes of it. Acts, never judges.

mod error;
mod exchange;
mod key;

pub use error::{ErrorKind, TransportError};
pub use exchange::{Body, Close, Exchange, Frame, Head, Phases, SentRequest, Side, StreamEvent};
pub use key::{Caller, Carrier, ProbeKey};
