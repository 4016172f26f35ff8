//! What an exchange means, on three axes. The arrow from `observe` to `diagnose`.

use serde::{Deserialize, Serialize};

use crate::probe::ProbeKey;
use crate::terms::{Hop, words};

words! {
    /// What this exchange says about the credential.
    pub enum Authn {
        /// Nobody saw one.
        Missing => "missing",
        /// Looked at and refused.
        Rejected => "rejected",
        /// Looked at and taken.
        Accepted => "accepted",
        /// Signed in as somebody else.
        AcceptedAsOther => "accepted-as-other",
        /// None was needed.
        Anonymous => "anonymous",
        /// The calling *service* was refused.
        CallerRejected => "caller-rejected",
        /// This exchange alone does not tell.
        Unknown => "unknown",
    }
}

words! {
    /// How the call ended, whatever the status code.
    pub enum Outcome {
        /// As it should.
        Ok => "ok",
        /// A refusal. With `authn: accepted`: a known user who is not allowed.
        Denied => "denied",
        /// No such thing.
        NotFound => "not-found",
        /// The request does not fit.
        InvalidRequest => "invalid-request",
        /// Too many requests.
        Throttled => "throttled",
        /// The handler failed.
        Failed => "failed",
        /// Nobody there to handle it.
        Unavailable => "unavailable",
        /// The stream or socket began and broke off, or ended with an error event.
        BrokenStream => "broken-stream",
        /// The stream or socket stayed open and said nothing.
        Silent => "silent",
        /// It ended as it should, and what it is for did not come: the events or the answer that a scenario asks of it.
        Hollow => "hollow",
        /// No answer in time.
        TimedOut => "timed-out",
        /// Connection refused.
        Refused => "refused",
        /// Connection closed without an answer.
        Reset => "reset",
        /// TLS failed.
        TlsFailed => "tls-failed",
        /// The name does not resolve.
        DnsFailed => "dns-failed",
        /// An answer that is not this service's: another service, a login page, a redirect.
        WrongService => "wrong-service",
    }
}

words! {
    /// How long the answer took, in classes that mean different things (contract.md 3.3, timing fingerprints).
    pub enum LatencyClass {
        /// Under 200 ms.
        Fast => "fast",
        /// 200 ms to 1.2 s: where health budgets of 0.3 and 0.5 s show.
        HalfSecond => "half-second",
        /// 1.2 s to 5 s: where read timeouts of 2 and 3 s show.
        Seconds => "seconds",
        /// Longer.
        Slow => "slow",
    }
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
