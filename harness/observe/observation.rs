//! What an exchange means, on three axes. The arrow from `observe` to `diagnose`.

use serde::{Deserialize, Serialize};

use crate::probe::ProbeKey;
use crate::target::Service;

/// A place on the way of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Hop {
    /// Our side: token, secret, clock, request.
    Client,
    /// DNS, TCP, TLS between us and the first answer.
    Network,
    /// Load balancer, WAF, the platform's front end and scheduler.
    Edge,
    /// The backend.
    Backend,
    /// The backend's call to the auth service, both ends of it.
    BackendAuth,
    /// The auth service.
    Auth,
    /// Database, Redis.
    Data,
    /// The agents behind the backend.
    Agents,
    /// Cannot be told from this exchange.
    Unknown,
}

/// What this exchange says about the credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Authn {
    /// Nobody saw one.
    Missing,
    /// Looked at and refused.
    Rejected,
    /// Looked at and taken.
    Accepted,
    /// Signed in as somebody else.
    AcceptedAsOther,
    /// None was needed.
    Anonymous,
    /// The calling *service* was refused.
    CallerRejected,
    /// This exchange alone does not tell.
    Unknown,
}

/// How the call ended, whatever the status code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// As it should.
    Ok,
    /// A refusal. With `authn: accepted`: a known user who is not allowed.
    Denied,
    /// No such thing.
    NotFound,
    /// The request does not fit.
    InvalidRequest,
    /// Too many requests.
    Throttled,
    /// The handler failed.
    Failed,
    /// Nobody there to handle it.
    Unavailable,
    /// The stream or socket began and broke off, or ended with an error event.
    BrokenStream,
    /// The stream or socket stayed open and said nothing.
    Silent,
    /// It ended as it should, and what it is for did not come: the events or the answer that a scenario asks of it.
    Hollow,
    /// No answer in time.
    TimedOut,
    /// Connection refused.
    Refused,
    /// Connection closed without an answer.
    Reset,
    /// TLS failed.
    TlsFailed,
    /// The name does not resolve.
    DnsFailed,
    /// An answer that is not this service's: another service, a login page, a redirect.
    WrongService,
}

/// How long the answer took, in classes that mean different things (contract.md 3.3, timing fingerprints).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LatencyClass {
    /// Under 200 ms.
    Fast,
    /// 200 ms to 1.2 s: where health budgets of 0.3 and 0.5 s show.
    HalfSecond,
    /// 1.2 s to 5 s: where read timeouts of 2 and 3 s show.
    Seconds,
    /// Longer.
    Slow,
}

/// What one exchange means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Observation {
    /// The exchange it was read from.
    pub exchange: u32,
    /// What was probed.
    pub probe: ProbeKey,
    /// Who made the answer.
    pub answered_by: Hop,
    /// Nothing that is sure speaks for its maker: a hint.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub maker_is_hint: bool,
    /// Not even a hint that is one: no mark of any product or standard speaks for a maker, only the content type, or nothing at all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unmarked: bool,
    /// Whoever made the answer may only have passed on what another decided: an edge that asks before it lets anybody through.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub speaks_for_another: bool,
    /// What became of the credential.
    pub authn: Authn,
    /// How it ended.
    pub result: Outcome,
    /// How long it took.
    pub latency: LatencyClass,
    /// Milliseconds to the status line, or to the end when none came.
    pub took_ms: u64,
    /// The status code, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The close code, if the server closed the socket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_code: Option<u16>,
    /// Who was signed in, where the answer says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// A digest of the answer with ids, times and numbers masked: equal shapes are the same answer.
    pub shape: String,
    /// Known signatures found, for example `run.iam.missing`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<String>,
    /// The bytes that convinced us.
    pub because: Vec<Because>,
    /// How far the server's clock is ahead of ours by its `Date` header, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_skew_s: Option<i64>,
    /// A 401 without `WWW-Authenticate`, which RFC 9110 (15.5.2) demands.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unchallenged: bool,
    /// See [`crate::probe::Exchange::issued_with_our_secret`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_with_our_secret: Option<bool>,
}

/// One reason, with its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Because {
    /// What it shows: `answered by the backend`.
    pub claim: String,
    /// The bytes: `header x-trace-id`, `body {"detail":…`.
    pub bytes: String,
}

impl From<Service> for Hop {
    fn from(service: Service) -> Self {
        match service {
            Service::Backend => Self::Backend,
            Service::Auth => Self::Auth,
        }
    }
}

macro_rules! words {
    ($name:ident { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $name {
            /// The word used in files and reports.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words!(Hop {
    Client => "client", Network => "network", Edge => "edge", Backend => "backend", BackendAuth => "backend-auth",
    Auth => "auth", Data => "data", Agents => "agents", Unknown => "unknown",
});
words!(Authn {
    Missing => "missing", Rejected => "rejected", Accepted => "accepted", AcceptedAsOther => "accepted-as-other",
    Anonymous => "anonymous", CallerRejected => "caller-rejected", Unknown => "unknown",
});
words!(Outcome {
    Ok => "ok", Denied => "denied", NotFound => "not-found", InvalidRequest => "invalid-request", Throttled => "throttled",
    Failed => "failed", Unavailable => "unavailable", BrokenStream => "broken-stream", Silent => "silent", Hollow => "hollow",
    TimedOut => "timed-out", Refused => "refused", Reset => "reset", TlsFailed => "tls-failed", DnsFailed => "dns-failed",
    WrongService => "wrong-service",
});
words!(LatencyClass { Fast => "fast", HalfSecond => "half-second", Seconds => "seconds", Slow => "slow" });
