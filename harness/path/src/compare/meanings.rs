//! Which reasons a sentence can have.

use crate::predict::ending::Reason;
use crate::terms::Meaning;

/// Reports whether a component may say this for this reason.
#[must_use]
pub fn fits(meaning: Meaning, reason: Reason) -> bool {
    if reason == Reason::AuthOpen {
        let of_calls = [Reason::AuthFailed, Reason::AuthUnreached, Reason::AuthLate, Reason::AuthNoRoute];
        return reasons(meaning).iter().any(|one| of_calls.contains(one));
    }
    // Who does not tell the reason may also mean the token.
    let of_the_token = if meaning == Meaning::Unauthorized { reasons(Meaning::TokenRefused) } else { &[] };
    reasons(meaning).iter().chain(of_the_token).any(|one| *one == reason)
}

/// Meanings that name no reason of their own.
const VAGUE: [Meaning; 9] = [
    Meaning::AuthFailed,
    Meaning::CallerRefused,
    Meaning::Crashed,
    Meaning::TokenRefused,
    Meaning::Unauthorized,
    Meaning::Unconfigured,
    Meaning::Unconnected,
    Meaning::Unready,
    Meaning::Upstream,
];

/// Drops the vague meanings of one sentence where another one is narrower: "introspection failed: `invalid_client`" says
/// more than that the auth service failed.
pub fn keep_narrowest(meanings: &mut Vec<Meaning>) {
    let all = meanings.clone();
    let is_wider = |wide: Meaning, narrow: Meaning| {
        if !VAGUE.contains(&wide) {
            return false;
        }
        let (wide, narrow) = (reasons(wide), reasons(narrow));
        wide.len() > narrow.len() && narrow.iter().all(|one| wide.contains(one))
    };
    meanings.retain(|one| !all.iter().any(|other| is_wider(*one, *other)));
    // A query that fails reached its database, and a store that refuses writes is there.
    if all.contains(&Meaning::Query) {
        meanings.retain(|one| !matches!(one, Meaning::Database | Meaning::Store));
    }
    if all.contains(&Meaning::NoWrites) {
        meanings.retain(|one| !matches!(one, Meaning::Database | Meaning::Store | Meaning::Cache | Meaning::Query));
    }
}

/// The reasons for which a token may be refused, or the call that judges it fail, and more.
macro_rules! refusals {
    ($($more:ident),*) => {
        &[
            Reason::Malformed,
            Reason::Signature,
            Reason::Key,
            Reason::Expired,
            Reason::Early,
            Reason::Claims,
            Reason::User,
            Reason::Inactive,
            Reason::Caller,
            Reason::CallerId,
            Reason::CallerUnset,
            Reason::AuthFailed,
            Reason::AuthNoRoute,
            Reason::AuthUnreached,
            Reason::AuthLate,
            Reason::Missing,
            $(Reason::$more),*
        ]
    };
}

/// Why a token may be refused, or the call that judges it fail.
const REFUSED_TOKEN: &[Reason] = refusals!();

/// Why a request may be refused. The name of a status code tells no more.
const ANY_REFUSAL: &[Reason] = refusals!(Permission, Policy, FailsClosed, SignIn, Everyone, Origin);

/// Why a service may not be available.
const UNREADY: &[Reason] = &[
    Reason::Upstream,
    Reason::Down,
    Reason::NeverUp,
    Reason::UpstreamTls,
    Reason::Late,
    Reason::Code,
    Reason::Maintenance,
    Reason::Limit,
    Reason::AuthFailed,
    Reason::AuthNoRoute,
    Reason::AuthUnreached,
    Reason::AuthLate,
    Reason::Caller,
    Reason::CallerId,
    Reason::CallerUnset,
    Reason::Store,
    Reason::Database,
    Reason::Query,
    Reason::NoWrites,
    Reason::Cache,
    Reason::Service,
];

/// What code may raise an error for: also what it does not handle.
const CRASH: &[Reason] = &[
    Reason::Code,
    Reason::Key,
    Reason::Service,
    Reason::Store,
    Reason::Database,
    Reason::Query,
    Reason::NoWrites,
    Reason::Cache,
    Reason::AuthFailed,
    Reason::AuthNoRoute,
    Reason::AuthUnreached,
    Reason::AuthLate,
    Reason::Caller,
    Reason::CallerId,
    Reason::CallerUnset,
];

/// Returns the reasons for which a component says this and nothing more general.
const fn reasons(meaning: Meaning) -> &'static [Reason] {
    use Reason as R;
    match meaning {
        Meaning::CredentialMissing | Meaning::OtherScheme => &[R::Missing],
        Meaning::TokenMalformed => &[R::Malformed],
        Meaning::SignatureInvalid => &[R::Signature, R::Key],
        // A key set that cannot be fetched holds no key.
        Meaning::KeyUnknown => &[R::Key, R::AuthUnreached],
        // A clock that is ahead makes a fresh token look expired.
        Meaning::Expired => &[R::Expired, R::Early],
        Meaning::IssuedInFuture => &[R::Early],
        Meaning::Audience | Meaning::Issuer | Meaning::Claim => &[R::Claims],
        Meaning::UserUnknown => &[R::User],
        Meaning::Forbidden => &[R::Permission, R::Policy, R::FailsClosed, R::SignIn, R::User, R::Claims, R::Origin],
        Meaning::Inactive => &[R::Inactive, R::User],
        Meaning::TokenRefused => REFUSED_TOKEN,
        Meaning::Unauthorized => ANY_REFUSAL,
        Meaning::CallerRefused => &[R::Caller, R::CallerId, R::CallerUnset],
        Meaning::CallerSecretRefused => &[R::Caller],
        Meaning::CallerIdRefused => &[R::CallerId],
        Meaning::CallerUnset => &[R::CallerUnset],
        Meaning::AuthFailed => {
            &[R::AuthFailed, R::AuthNoRoute, R::AuthUnreached, R::AuthLate, R::Caller, R::CallerId, R::CallerUnset]
        }
        Meaning::AuthLate => &[R::AuthLate],
        Meaning::CallDenied => &[R::Caller, R::CallerId, R::CallerUnset, R::Inactive],
        Meaning::CallGarbled => &[R::AuthFailed, R::AuthNoRoute],
        Meaning::TlsFailed => &[R::UpstreamTls, R::AuthUnreached],
        Meaning::CallNotFound => &[R::AuthNoRoute],
        Meaning::CallThrottled | Meaning::CallFailed => &[R::AuthFailed, R::CallerUnset],
        Meaning::AuthUnreachable => &[R::AuthUnreached, R::AuthLate],
        Meaning::Unconnected => &[
            R::AuthUnreached,
            R::AuthLate,
            R::Service,
            R::Store,
            R::Database,
            R::Cache,
            R::Upstream,
            R::Down,
            R::NeverUp,
        ],
        Meaning::Store => &[R::Store, R::Database, R::Cache, R::Query, R::NoWrites],
        Meaning::Database => &[R::Store, R::Database, R::Query, R::NoWrites],
        Meaning::NoWrites => &[R::NoWrites],
        // Code may ask for what the store does not have.
        Meaning::Query => &[R::Query, R::Code],
        Meaning::Forgery => &[R::Everyone],
        Meaning::Cache => &[R::Store, R::Cache, R::NoWrites],
        Meaning::Origin => &[R::Origin],
        Meaning::TooLarge => &[R::Size],
        // A service that speaks clear text cannot read a TLS handshake.
        Meaning::Protocol => &[R::Protocol, R::UpstreamTls],
        Meaning::Throttled => &[R::Limit],
        Meaning::NoRoute => &[R::Route, R::OtherRoute],
        Meaning::AskedRoute => &[R::Route],
        Meaning::OtherRoute => &[R::OtherRoute],
        Meaning::SelfRedirect => &[R::Scheme],
        Meaning::SlashRedirect => &[R::Slash],
        Meaning::UpstreamClosed => &[R::Upstream, R::Down, R::Protocol, R::Size, R::Code],
        Meaning::NoSession => &[R::Session],
        Meaning::SignIn => &[R::SignIn],
        Meaning::Maintenance => &[R::Maintenance],
        Meaning::Upstream => &[
            R::Upstream,
            R::Down,
            R::NeverUp,
            R::UpstreamTls,
            R::Protocol,
            R::Late,
            R::AuthFailed,
            R::AuthNoRoute,
            R::AuthUnreached,
            R::AuthLate,
            R::Caller,
            R::Store,
            R::Service,
        ],
        Meaning::Unready => UNREADY,
        Meaning::Policy => &[R::Policy, R::FailsClosed],
        Meaning::AuthorizerRefused => &[
            R::SignIn,
            R::Missing,
            R::Inactive,
            R::FailsClosed,
            R::AuthFailed,
            R::AuthNoRoute,
            R::AuthUnreached,
            R::AuthLate,
        ],
        Meaning::Waited => &[R::Late, R::AuthLate, R::Service, R::Query],
        Meaning::Unconfigured => &[
            R::Code,
            R::Store,
            R::Upstream,
            R::Down,
            R::NeverUp,
            R::AuthFailed,
            R::AuthNoRoute,
            R::AuthUnreached,
            R::CallerUnset,
        ],
        Meaning::Invalid => &[R::Invalid, R::Missing, R::Malformed],
        // Code that does not handle the error of a driver or of a call raises it.
        Meaning::Crashed => CRASH,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::of_the_caller(&[Meaning::AuthFailed, Meaning::CallerRefused, Meaning::CallerSecretRefused], &[Meaning::CallerSecretRefused])]
    #[case::of_the_token(&[Meaning::TokenRefused, Meaning::Audience], &[Meaning::Audience])]
    #[case::of_a_query(&[Meaning::Database, Meaning::Query], &[Meaning::Query])]
    #[case::of_a_write(&[Meaning::Cache, Meaning::Database, Meaning::Query, Meaning::NoWrites], &[Meaning::NoWrites])]
    #[case::alone(&[Meaning::AuthFailed], &[Meaning::AuthFailed])]
    #[case::side_by_side(&[Meaning::Forbidden, Meaning::Claim], &[Meaning::Forbidden, Meaning::Claim])]
    fn the_narrower_meaning_counts(#[case] told: &[Meaning], #[case] kept: &[Meaning]) {
        let mut meanings = told.to_vec();
        keep_narrowest(&mut meanings);
        assert_eq!(meanings, kept);
    }
}
