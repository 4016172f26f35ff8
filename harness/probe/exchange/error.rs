//! Why an exchange ended early, in the terms of RFC 9209, section 2.3.

use serde::{Deserialize, Serialize};

/// What ended an exchange early, with the message of the network library (redacted).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TransportError {
    /// The kind.
    pub kind: ErrorKind,
    /// The message of the network library, on one line.
    pub detail: String,
}

/// The error types of RFC 9209 that a client can distinguish, and the limits of the harness itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The host name does not resolve.
    DnsError,
    /// No process listens on the port.
    ConnectionRefused,
    /// The TCP or TLS handshake did not end in time.
    ConnectionTimeout,
    /// No route to the host, or the network is unreachable.
    DestinationIpUnroutable,
    /// The connection was closed or reset before the response started.
    ConnectionTerminated,
    /// The certificate is not valid for this host (name, chain, date).
    TlsCertificateError,
    /// TLS failed in another way.
    TlsProtocolError,
    /// The response did not start before the deadline of the probe.
    HttpResponseTimeout,
    /// The response started and broke off.
    HttpResponseIncomplete,
    /// The response is not HTTP, or a frame is not WebSocket.
    HttpProtocolError,
    /// The headers exceeded the size limit or the number limit.
    HttpResponseHeaderSectionSize,
    /// The transfer coding is broken: for example a chunk without a valid size.
    HttpResponseTransferCoding,
    /// The content coding is one that the request does not accept, or the body is not valid in it.
    HttpResponseContentCoding,
    /// The response to an upgrade switched protocols, but is not a valid handshake (RFC 6455, 4.1).
    HttpUpgradeFailed,
    /// The body exceeded the size limit.
    HttpResponseBodySize,
    /// A stream or socket was open and sent nothing more until the deadline.
    StreamTimeout,
    /// A stream or socket exceeded the limit on events or frames.
    EventLimit,
    /// The budget of the run was spent before this probe was sent or ended.
    BudgetSpent,
}

impl ErrorKind {
    /// Reports whether no host received any part of the request.
    pub(crate) const fn reached_no_host(self) -> bool {
        matches!(self, Self::DnsError | Self::ConnectionRefused | Self::DestinationIpUnroutable)
    }

    /// Reports whether it is the end of a wait for a connection or for the start of the response.
    pub(crate) const fn is_before_the_response(self) -> bool {
        matches!(self, Self::ConnectionTimeout | Self::HttpResponseTimeout)
    }

    /// Returns the spelling: that of RFC 9209 where there is one.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DnsError => "dns_error",
            Self::ConnectionRefused => "connection_refused",
            Self::ConnectionTimeout => "connection_timeout",
            Self::DestinationIpUnroutable => "destination_ip_unroutable",
            Self::ConnectionTerminated => "connection_terminated",
            Self::TlsCertificateError => "tls_certificate_error",
            Self::TlsProtocolError => "tls_protocol_error",
            Self::HttpResponseTimeout => "http_response_timeout",
            Self::HttpResponseIncomplete => "http_response_incomplete",
            Self::HttpProtocolError => "http_protocol_error",
            Self::HttpResponseHeaderSectionSize => "http_response_header_section_size",
            Self::HttpResponseTransferCoding => "http_response_transfer_coding",
            Self::HttpResponseContentCoding => "http_response_content_coding",
            Self::HttpUpgradeFailed => "http_upgrade_failed",
            Self::HttpResponseBodySize => "http_response_body_size",
            Self::StreamTimeout => "stream_timeout",
            Self::EventLimit => "event_limit",
            Self::BudgetSpent => "budget_spent",
        }
    }
}

impl std::fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Display for TransportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.kind, self.detail)
    }
}
