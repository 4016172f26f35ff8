//! How a request ends.

use super::call_seen::CallsSeen;
use crate::words;

words! {
    /// How a request ends: one list for predictions and for readings.
    pub enum Result {
        /// As the endpoint's rule of acceptance says.
        Ok => "ok",
        /// Refused.
        Denied => "denied",
        /// No such route.
        NotFound => "not-found",
        /// The form of the request was refused.
        InvalidRequest => "invalid-request",
        /// Too many requests.
        Throttled => "throttled",
        /// The component failed.
        Failed => "failed",
        /// No instance answered.
        Unavailable => "unavailable",
        /// Broken off.
        BrokenStream => "broken-stream",
        /// Open, without any content.
        Silent => "silent",
        /// Ended normally, without the content.
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
        /// Another service answered.
        WrongService => "wrong-service",
        /// The answer cannot be read.
        Unreadable => "unreadable",
        /// It worked, and a browser keeps the response from the page.
        Blocked => "blocked",
        /// All parts arrived at once, at the end.
        HeldBack => "held-back",
        /// Accepted for another user.
        OtherUser => "other-user",
    }
}

impl Result {
    /// Reports whether the request worked, at least in part.
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Ok | Self::HeldBack)
    }

    /// Reports whether it is a failure whose form depends on the code that failed: an answer, or none from the service.
    /// No connection is no form of a failure in a service.
    pub(crate) const fn is_form(self) -> bool {
        !matches!(
            self,
            Self::Ok
                | Self::HeldBack
                | Self::Blocked
                | Self::Refused
                | Self::TlsFailed
                | Self::DnsFailed
                | Self::OtherUser
        )
    }
}

words! {
    /// The component that makes an answer.
    pub enum Maker {
        /// None: the connection failed.
        Network => "network",
        /// The edge.
        Edge => "edge",
        /// The backend.
        Backend => "backend",
        /// The auth service.
        Auth => "auth",
        /// A service that is not part of the system.
        Stranger => "stranger",
        /// The component that gives up first.
        Any => "any",
    }
}

words! {
    /// Why a component refuses or fails.
    pub enum Reason {
        /// No reason: it does not refuse.
        None => "none",
        /// No credential.
        Missing => "missing",
        /// The token cannot be parsed.
        Malformed => "malformed",
        /// The signature.
        Signature => "signature",
        /// The key is unknown.
        Key => "key",
        /// The time, in the past.
        Expired => "expired",
        /// The time, in the future.
        Early => "early",
        /// A claim.
        Claims => "claims",
        /// The user does not exist.
        User => "user",
        /// The user lacks a permission.
        Permission => "permission",
        /// The auth service does not confirm the token.
        Inactive => "inactive",
        /// The auth service refused the calling service.
        Caller => "caller",
        /// The auth service does not know the id of the calling service.
        CallerId => "caller-id",
        /// The auth service has no secret to check callers against.
        CallerUnset => "caller-unset",
        /// The auth service gave no usable answer.
        AuthFailed => "auth-failed",
        /// The call to the auth service failed, in a way that is not known.
        AuthOpen => "auth-open",
        /// The auth service, or the server at its address, has no such route.
        AuthNoRoute => "auth-no-route",
        /// The auth service cannot be reached.
        AuthUnreached => "auth-unreached",
        /// The auth service gave no answer in time.
        AuthLate => "auth-late",
        /// A store.
        Store => "store",
        /// A query, of a store that is there.
        Query => "query",
        /// A store that takes no writes.
        NoWrites => "no-writes",
        /// A database.
        Database => "database",
        /// A cache.
        Cache => "cache",
        /// A further service, which the backend calls.
        Service => "service",
        /// A rule of the edge.
        Policy => "policy",
        /// The edge refuses what its authorizer gave no answer about.
        FailsClosed => "fails-closed",
        /// A sign-in of the edge.
        SignIn => "sign-in",
        /// The component behind it gave no answer.
        Upstream => "upstream",
        /// The component behind it does not run.
        Down => "down",
        /// The component behind it never began to serve.
        NeverUp => "never-up",
        /// There is no TLS connection to the component behind it.
        UpstreamTls => "upstream-tls",
        /// The component behind it gave no answer in time.
        Late => "late",
        /// No such route.
        Route => "route",
        /// No such route, because the path was changed on the way.
        OtherRoute => "other-route",
        /// It redirects to the same URL, because it sees another scheme.
        Scheme => "scheme",
        /// It redirects to the path with, or without, a slash at its end.
        Slash => "slash",
        /// Another instance holds the session, or the data.
        Session => "session",
        /// The form of the request.
        Invalid => "invalid",
        /// Too many.
        Limit => "limit",
        /// Too large.
        Size => "size",
        /// The protocol of the request.
        Protocol => "protocol",
        /// The origin of a browser, or the host that it names.
        Origin => "origin",
        /// It is switched off for a while.
        Maintenance => "maintenance",
        /// The code failed.
        Code => "code",
        /// The response is one to an earlier request, which a cache kept.
        Kept => "kept",
        /// It says the same to every request.
        Everyone => "everyone",
        /// Not known.
        Unknown => "unknown",
    }
}

words! {
    /// Whether a component waits for another before the answer comes.
    pub enum Wait {
        /// No component waits.
        None => "none",
        /// A component waits, in each call.
        Each => "each",
        /// A component waits in the first call, and remembers.
        First => "first",
        /// A component tries again for some seconds, in each call.
        Briefly => "briefly",
    }
}

words! {
    /// What becomes of a stream or socket that began.
    pub enum Stream {
        /// It is not known.
        Any => "any",
        /// A component ends it.
        Ends => "ends",
        /// It stays open, without what was expected.
        StaysOpen => "stays open",
    }
}

/// How a request ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ending {
    /// The component that makes the answer.
    pub maker: Maker,
    /// How it ends.
    pub result: Result,
    /// Why it is refused or fails.
    pub reason: Reason,
    /// Whether a component waits before the answer comes.
    pub wait: Wait,
    /// What becomes of a stream or socket that began.
    pub stream: Stream,
    /// What the auth service can have logged of the backend's question.
    pub calls: CallsSeen,
    /// Why the auth service refused or failed at that question. `None`: it did neither.
    pub why_not: Reason,
}

impl Ending {
    pub(crate) const fn new(maker: Maker, result: Result, reason: Reason) -> Self {
        Self {
            maker,
            result,
            reason,
            wait: Wait::None,
            stream: Stream::Any,
            calls: CallsSeen::QUIET,
            why_not: Reason::None,
        }
    }

    pub(crate) const fn ok(maker: Maker) -> Self {
        Self::new(maker, Result::Ok, Reason::None)
    }

    pub(crate) const fn after_a_wait(self, waits: bool) -> Self {
        Self { wait: if waits { Wait::Each } else { self.wait }, ..self }
    }

    pub(crate) const fn after_retries(self, waits: bool) -> Self {
        Self { wait: if waits { Wait::Briefly } else { self.wait }, ..self }
    }

    pub(crate) const fn with_stream(self, stream: Stream) -> Self {
        Self { stream, ..self }
    }

    /// Reports whether the request can have reached the backend.
    pub(crate) const fn may_reach_the_backend(&self) -> bool {
        match self.maker {
            // fivewhys sends a call that a browser would not send.
            _ if matches!(self.result, Result::Blocked) => true,
            _ if matches!(self.reason, Reason::Kept) => false,
            Maker::Network | Maker::Stranger => false,
            Maker::Edge => {
                matches!(self.reason, Reason::Upstream | Reason::UpstreamTls | Reason::Late | Reason::Unknown)
            }
            Maker::Backend | Maker::Auth | Maker::Any => true,
        }
    }

    pub(crate) const fn worked(&self) -> bool {
        self.result.is_success()
    }
}
