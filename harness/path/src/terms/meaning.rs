//! What a sentence can mean.

use crate::words;

words! {
    /// What a component says about the request that it refused.
    pub enum Meaning {
        /// No credential was seen.
        CredentialMissing => "credential-missing",
        /// The challenge names a scheme of its own in place of Bearer.
        OtherScheme => "other-scheme",
        /// The token cannot be parsed.
        TokenMalformed => "token-malformed",
        /// The signature does not match, or the algorithm is not allowed.
        SignatureInvalid => "signature-invalid",
        /// No key is known that could verify the token.
        KeyUnknown => "key-unknown",
        /// The token has expired.
        Expired => "expired",
        /// The token is not valid yet, or was issued in the future.
        IssuedInFuture => "issued-in-future",
        /// The audience is not the expected one.
        Audience => "audience",
        /// The issuer is not the expected one.
        Issuer => "issuer",
        /// Another claim is missing or has the wrong type.
        Claim => "claim",
        /// The user does not exist, or is disabled.
        UserUnknown => "user-unknown",
        /// The user is known and lacks a permission.
        Forbidden => "forbidden",
        /// The issuer of the token no longer accepts it: revoked, logged out, inactive.
        Inactive => "inactive",
        /// The token is invalid, for a reason that is not given.
        TokenRefused => "token-refused",
        /// The request is not authorized, for a reason that is not told.
        Unauthorized => "unauthorized",
        /// The calling service was refused.
        CallerRefused => "caller-refused",
        /// The secret of the calling service was refused.
        CallerSecretRefused => "caller-secret-refused",
        /// The id of the calling service was refused.
        CallerIdRefused => "caller-id-refused",
        /// The auth service has no secret to check callers against.
        CallerUnset => "caller-unset",
        /// The auth service, its introspection or its key set did not give a usable answer.
        AuthFailed => "auth-failed",
        /// The auth service gave no answer in time.
        AuthLate => "auth-late",
        /// The auth service refused a call of the backend: the caller, or the token.
        CallDenied => "call-denied",
        /// The auth service has no such route for a call of the backend.
        CallNotFound => "call-not-found",
        /// The auth service turned a call of the backend away: too many.
        CallThrottled => "call-throttled",
        /// The auth service failed in a call of the backend.
        CallFailed => "call-failed",
        /// The answer to a call of the writer cannot be read.
        CallGarbled => "call-garbled",
        /// TLS failed in a call of the writer.
        TlsFailed => "tls-failed",
        /// A call to the auth service got no connection.
        AuthUnreachable => "auth-unreachable",
        /// A call got no connection.
        Unconnected => "unconnected",
        /// A database, cache or migration failed.
        Store => "store",
        /// A database or a migration failed.
        Database => "database",
        /// A query failed: the database is there, and its tables or its data are not as expected.
        Query => "query",
        /// A cache failed.
        Cache => "cache",
        /// A store is there and takes no writes: it is read-only, or its disk is full.
        NoWrites => "no-writes",
        /// The request lacks the token against cross-site request forgery.
        Forgery => "forgery",
        /// The origin of a browser is not allowed.
        Origin => "origin",
        /// The request, or its headers, are too large.
        TooLarge => "too-large",
        /// The request is not in the protocol that the component speaks.
        Protocol => "protocol",
        /// Too many requests.
        Throttled => "throttled",
        /// No such route.
        NoRoute => "no-route",
        /// No such route, and the route that it names is not the one that was asked for.
        OtherRoute => "other-route",
        /// No such route, and the route that it names is the one that was asked for.
        AskedRoute => "asked-route",
        /// A redirect to the very URL that was asked.
        SelfRedirect => "self-redirect",
        /// A redirect to the same path with or without a slash at its end.
        SlashRedirect => "slash-redirect",
        /// A proxy lost the service behind it before its answer was complete: that service ended the connection.
        UpstreamClosed => "upstream-closed",
        /// The session of a socket is not known to this instance.
        NoSession => "no-session",
        /// Another kind of sign-in is required: a login page, Basic authentication, a proxy's own cookie.
        SignIn => "sign-in",
        /// A proxy got no usable answer from the service behind it.
        Upstream => "upstream",
        /// The service is not available, for a reason that is not given.
        Unready => "unready",
        /// The service is switched off for a while.
        Maintenance => "maintenance",
        /// A proxy's rule refused the request.
        Policy => "policy",
        /// The service that a proxy asks about each request did not allow it, or gave the proxy no answer.
        AuthorizerRefused => "authorizer-refused",
        /// A component waited too long for another one.
        Waited => "waited",
        /// The service is not configured: a variable is missing.
        Unconfigured => "unconfigured",
        /// The form of the request is wrong: a field is missing.
        Invalid => "invalid",
        /// The code of the service raised an error.
        Crashed => "crashed",
    }
}
