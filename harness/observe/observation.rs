//! The observation: what one exchange shows, on three axes (which component answered, the credential, the outcome).

use serde::{Deserialize, Serialize};

use crate::probe::{Blocked, GrpcStatus, ProbeKey};
use crate::statements::Meaning;
use crate::terms::{Hop, words};
use crate::token::IssuedJwt;

words! {
    /// What this exchange shows about the credential.
    pub enum Authn {
        /// The service saw no credential.
        Missing => "missing",
        /// The service examined the credential and refused it.
        Rejected => "rejected",
        /// The service examined the credential and accepted it.
        Accepted => "accepted",
        /// The service signed in another user than the one of the token.
        AcceptedAsOther => "accepted-as-other",
        /// The service required no credential.
        Anonymous => "anonymous",
        /// The auth service refused the calling *service*.
        CallerRejected => "caller-rejected",
        /// This exchange alone does not show it.
        Unknown => "unknown",
    }
}

words! {
    /// How the call ended, independent of the status code.
    pub enum Outcome {
        /// The endpoint's rule of acceptance holds.
        Ok => "ok",
        /// The service refused the request. With `authn: accepted`: it knows the user, but the user lacks the
        /// permission.
        Denied => "denied",
        /// The service has no such resource.
        NotFound => "not-found",
        /// The service rejected the form of the request.
        InvalidRequest => "invalid-request",
        /// Too many requests.
        Throttled => "throttled",
        /// The handler failed.
        Failed => "failed",
        /// No instance was available to handle the request.
        Unavailable => "unavailable",
        /// The stream or socket started and broke off, or ended with an error event.
        BrokenStream => "broken-stream",
        /// The stream or socket stayed open and sent nothing.
        Silent => "silent",
        /// The call ended normally, but without the events or the content that the scenario requires.
        Hollow => "hollow",
        /// No response in time.
        TimedOut => "timed-out",
        /// Connection refused.
        Refused => "refused",
        /// Connection closed without a response.
        Reset => "reset",
        /// TLS failed.
        TlsFailed => "tls-failed",
        /// The host name does not resolve.
        DnsFailed => "dns-failed",
        /// The response is not from this service: another service, a login page, a redirect.
        WrongService => "wrong-service",
        /// The response cannot be read: it is not HTTP, or its framing, its content coding or its JSON is broken.
        Unreadable => "unreadable",
        /// The call works, and a browser keeps the response from the page or closes the socket.
        Blocked => "blocked",
    }
}

words! {
    /// How long the response took, in classes that separate the usual timeouts.
    pub enum LatencyClass {
        /// Under 200 ms.
        Fast => "fast",
        /// 200 ms to 1.2 s: health check timeouts of 0.3 and 0.5 s show here.
        HalfSecond => "half-second",
        /// 1.2 s to 5 s: read timeouts of 2 and 3 s show here.
        Seconds => "seconds",
        /// Longer.
        Slow => "slow",
    }
}

/// What one exchange shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Observation {
    /// The id of the exchange.
    pub exchange: u32,
    /// What was probed.
    pub probe: ProbeKey,
    /// The component that produced the response.
    pub answered_by: Hop,
    /// Whether `answered_by` rests on a hint only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub maker_is_hint: bool,
    /// Whether `answered_by` rests on the content type only, or on nothing: no mark of a product or a standard was
    /// found.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unmarked: bool,
    /// Whether the component that produced the response may only report the decision of another service. An edge that
    /// asks an auth service about each request does that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub speaks_for_another: bool,
    /// Whether the response says that a cache kept it from another request.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub from_cache: bool,
    /// Whether a recorded request of another client carried a credential. Absent: fivewhys sent the request, or the
    /// recording does not show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried: Option<bool>,
    /// What became of the credential.
    pub authn: Authn,
    /// How the call ended.
    pub result: Outcome,
    /// How long the response took.
    pub latency: LatencyClass,
    /// Milliseconds to the status line, or to the end of the exchange without one.
    pub took_ms: u64,
    /// Milliseconds to the end of a stream or socket. Either side may have ended it. Absent for a plain response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasted_ms: Option<u64>,
    /// Milliseconds without an event or a frame before that end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_ms: Option<u64>,
    /// Whether fivewhys ended a stream or socket that was still open when its time was over. Absent: the server ended it, or
    /// it was no stream.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left_open: bool,
    /// Whether there was no connection at all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unconnected: bool,
    /// The `Server` and `X-Powered-By` headers of the response, joined by commas. Another product than usual means
    /// another component.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// Which of `Date` and `Keep-Alive` the response has. The component to which fivewhys is connected adds the first where it
    /// is missing (RFC 9110, section 6.6.1), and the second is for one connection (section 7.6.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_headers: Option<String>,
    /// Bytes of the body that was sent, as far as the recording shows it. Absent: none was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_bytes: Option<u64>,
    /// The status code, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The status of a gRPC call, if the response has one. It decides, whatever the status code is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grpc_status: Option<GrpcStatus>,
    /// The close code, if the server closed the socket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_code: Option<u16>,
    /// The signed-in user, if the response names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// A digest of the response with ids, times and numbers masked. Equal shapes mean the same response.
    pub shape: String,
    /// The sentence with which the component refused the request, redacted, at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
    /// What that sentence means.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub means: Vec<Meaning>,
    /// Whether every event of a stream arrived at once, at its end: a component held the stream back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held_back: bool,
    /// Why a browser keeps the response from the page, or closes the socket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Blocked>,
    /// Known signatures found, for example `run.iam.missing`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<String>,
    /// The reasons, each with the bytes that show it.
    pub because: Vec<Because>,
    /// How far the server's clock is ahead of the local clock, by its `Date` header, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_skew_s: Option<i64>,
    /// Whether the response is a 401 without `WWW-Authenticate`, which RFC 9110 (15.5.2) requires.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unchallenged: bool,
    /// See [`crate::probe::Exchange::issued`].
    #[serde(flatten)]
    pub issued: IssuedJwt,
}

/// One reason, with the bytes that show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Because {
    /// What the bytes show: `the backend answered`.
    pub claim: String,
    /// The bytes: `header x-trace-id`, `body {"detail":…`.
    pub bytes: String,
}
