//! Maps an error of the network libraries to a kind of RFC 9209. Reads the chain of source errors, never the text of a
//! message.

use std::error::Error;
use std::io;

use crate::probe::transport::phases::NotResolved;
use crate::probe::{ErrorKind, TransportError};

/// How far an exchange had come when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// No connection yet.
    Connecting,
    /// The request was sent; nothing was received.
    Waiting,
    /// The response had started.
    Reading,
}

type Fault<'a> = &'a (dyn Error + 'static);

/// Returns the kind of the innermost error that is known, with the messages of the chain.
pub(crate) fn classify(error: Fault<'_>, stage: Stage) -> TransportError {
    let chain = chain(error);
    let kind = chain.iter().rev().find_map(|fault| known(*fault, stage)).unwrap_or_else(|| broken_off(stage));
    TransportError { kind, detail: detail(&chain) }
}

/// Reports whether hyper gave the request back: it had not begun to send it.
pub(crate) fn is_unsent(error: Fault<'_>) -> bool {
    chain(error).iter().any(|fault| fault.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_canceled))
}

/// Returns the kind of a lost connection at this stage.
pub(crate) const fn broken_off(stage: Stage) -> ErrorKind {
    match stage {
        Stage::Connecting | Stage::Waiting => ErrorKind::ConnectionTerminated,
        Stage::Reading => ErrorKind::HttpResponseIncomplete,
    }
}

fn chain(error: Fault<'_>) -> Vec<Fault<'_>> {
    let mut chain = Vec::new();
    let mut next = Some(error);
    while let Some(fault) = next {
        chain.push(fault);
        // `io::Error::source` skips the wrapped error and returns the source of that.
        let wrapped = fault.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = wrapped.map_or_else(|| fault.source(), |wrapped| Some(wrapped as Fault<'_>));
    }
    chain
}

fn known(fault: Fault<'_>, stage: Stage) -> Option<ErrorKind> {
    if fault.is::<NotResolved>() {
        return Some(ErrorKind::DnsError);
    }
    if let Some(tls) = fault.downcast_ref::<rustls::Error>() {
        return Some(of_tls(tls));
    }
    if let Some(http) = fault.downcast_ref::<hyper::Error>() {
        return of_http(http, stage);
    }
    fault.downcast_ref::<io::Error>().and_then(|io| of_io(io.kind(), stage))
}

fn of_tls(error: &rustls::Error) -> ErrorKind {
    match error {
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => ErrorKind::TlsCertificateError,
        _ => ErrorKind::TlsProtocolError,
    }
}

fn of_http(error: &hyper::Error, stage: Stage) -> Option<ErrorKind> {
    if error.is_parse_too_large() {
        return Some(ErrorKind::HttpResponseHeaderSectionSize);
    }
    if error.is_parse() || error.is_parse_status() {
        return Some(ErrorKind::HttpProtocolError);
    }
    (error.is_incomplete_message() || error.is_closed() || error.is_canceled()).then(|| broken_off(stage))
}

/// Returns the kind of an I/O error at this stage, if it has only one meaning.
pub(crate) fn of_io(kind: io::ErrorKind, stage: Stage) -> Option<ErrorKind> {
    use io::ErrorKind as Io;
    Some(match kind {
        Io::ConnectionRefused => ErrorKind::ConnectionRefused,
        Io::HostUnreachable | Io::NetworkUnreachable | Io::NetworkDown | Io::AddrNotAvailable => {
            ErrorKind::DestinationIpUnroutable
        }
        Io::TimedOut => match stage {
            Stage::Connecting => ErrorKind::ConnectionTimeout,
            Stage::Waiting => ErrorKind::HttpResponseTimeout,
            Stage::Reading => ErrorKind::HttpResponseIncomplete,
        },
        Io::ConnectionReset | Io::ConnectionAborted | Io::BrokenPipe | Io::NotConnected | Io::UnexpectedEof => {
            broken_off(stage)
        }
        Io::InvalidData | Io::InvalidInput if stage == Stage::Reading => ErrorKind::HttpResponseTransferCoding,
        Io::InvalidData | Io::InvalidInput if stage == Stage::Waiting => ErrorKind::HttpProtocolError,
        _ => return None,
    })
}

/// Returns the messages of the chain, outermost first, without repetition. The message of reqwest is left out, since it
/// quotes the URL.
fn detail(chain: &[Fault<'_>]) -> String {
    let lines: Vec<String> = chain.iter().filter(|f| !f.is::<reqwest::Error>()).map(ToString::to_string).collect();
    let said = |at: usize| lines.get(at + 1).is_some_and(|next| lines[at].contains(next.as_str()));
    let once: Vec<&str> = (0..lines.len()).filter(|at| !said(*at)).map(|at| lines[at].as_str()).collect();
    once.join(": ")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(io::ErrorKind::ConnectionRefused, Stage::Connecting, ErrorKind::ConnectionRefused)]
    #[case(io::ErrorKind::NetworkUnreachable, Stage::Connecting, ErrorKind::DestinationIpUnroutable)]
    #[case(io::ErrorKind::TimedOut, Stage::Connecting, ErrorKind::ConnectionTimeout)]
    #[case(io::ErrorKind::ConnectionReset, Stage::Waiting, ErrorKind::ConnectionTerminated)]
    #[case(io::ErrorKind::ConnectionReset, Stage::Reading, ErrorKind::HttpResponseIncomplete)]
    #[case(io::ErrorKind::UnexpectedEof, Stage::Reading, ErrorKind::HttpResponseIncomplete)]
    #[case(io::ErrorKind::InvalidInput, Stage::Reading, ErrorKind::HttpResponseTransferCoding)]
    #[case(io::ErrorKind::InvalidData, Stage::Waiting, ErrorKind::HttpProtocolError)]
    #[case(io::ErrorKind::Other, Stage::Waiting, ErrorKind::ConnectionTerminated)]
    fn an_io_error_has_its_kind(#[case] kind: io::ErrorKind, #[case] stage: Stage, #[case] expected: ErrorKind) {
        assert_eq!(classify(&io::Error::from(kind), stage).kind, expected);
    }

    #[test]
    fn an_error_inside_an_io_error_is_found() {
        let inner = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        let error = io::Error::new(io::ErrorKind::InvalidData, inner);
        let error = classify(&io::Error::other(error), Stage::Connecting);
        assert_eq!(error.kind, ErrorKind::TlsCertificateError);
        assert_eq!(error.detail, "invalid peer certificate: Expired");
    }
}
