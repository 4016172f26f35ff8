//! Maps an error of tungstenite to a kind of RFC 9209.

use std::io::ErrorKind as ErrorOfIo;

use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::error::ProtocolError;

use crate::probe::transport::classify::{Stage, broken_off, of_io};
use crate::probe::{ErrorKind, TransportError};

/// Returns the error of a socket. A connection that ends without a close frame was terminated: the close code 1006 is
/// never sent (RFC 6455, 7.4.1).
pub(crate) fn of_socket(error: &Error) -> TransportError {
    let kind = match error {
        Error::Io(io) if io.kind() == ErrorOfIo::TimedOut => ErrorKind::StreamTimeout,
        Error::Io(io) if io.kind() == ErrorOfIo::QuotaExceeded => ErrorKind::EventLimit,
        Error::Io(io) => of_io(io.kind(), Stage::Waiting).unwrap_or(broken_off(Stage::Waiting)),
        Error::Capacity(_) => ErrorKind::HttpResponseBodySize,
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)
        | Error::ConnectionClosed
        | Error::AlreadyClosed => ErrorKind::ConnectionTerminated,
        _ => ErrorKind::HttpProtocolError,
    };
    TransportError { kind, detail: error.to_string() }
}
