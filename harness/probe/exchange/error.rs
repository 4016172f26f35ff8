//! Why an exchange ended before its time, in the words of RFC 9209, section 2.3. Sits in `probe`.

use serde::{Deserialize, Serialize};

/// What ended an exchange, and what the stack said about it (redacted).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TransportError {
    /// The kind.
    pub kind: ErrorKind,
    /// The stack's own words, one line.
    pub detail: String,
}

/// RFC 9209 error types, as far as a client can tell them apart, and three of our own limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The name does not resolve.
    DnsError,
    /// Nobody listens on the port.
    ConnectionRefused,
    /// The TCP or TLS handshake did not end in time.
    ConnectionTimeout,
    /// No route, network unreachable.
    DestinationIpUnroutable,
    /// The connection was closed or reset before the answer had begun.
    ConnectionTerminated,
    /// The certificate does not fit (host, chain, date).
    TlsCertificateError,
    /// TLS failed in another way.
    TlsProtocolError,
    /// The answer did not begin within the probe's deadline.
    HttpResponseTimeout,
    /// The answer began and broke off.
    HttpResponseIncomplete,
    /// What came is not HTTP, or not a WebSocket handshake.
    HttpProtocolError,
    /// The body passed the size limit.
    HttpResponseBodySize,
    /// A stream or socket was open and said nothing (more) until the deadline.
    StreamTimeout,
    /// A stream or socket passed the limit on events or frames.
    EventLimit,
    /// The run's budget was spent before this probe could be sent or end.
    BudgetSpent,
}

impl ErrorKind {
    /// Whether no host ever had anything of the request.
    pub(crate) const fn reached_nobody(self) -> bool {
        matches!(self, Self::DnsError | Self::ConnectionRefused | Self::DestinationIpUnroutable)
    }

    /// The RFC 9209 word, or ours.
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
