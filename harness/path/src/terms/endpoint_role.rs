//! The role of an endpoint in a diagnosis.

use crate::words;

words! {
    /// What a diagnosis may use an endpoint for.
    pub enum Role {
        /// Reports whether the service is up. Takes no credential.
        Health => "health",
        /// Must refuse a request without a valid credential.
        Protected => "protected",
        /// Judges a token and returns the result, as the auth service's `validate` and `verify` do (compare RFC 7662).
        #[serde(alias = "oracle")]
        Introspection => "introspection",
        /// Mints a token.
        Issuer => "issuer",
        /// Serves every request, signed in or not. Only the identity in its response proves that a credential was
        /// accepted.
        Optional => "optional",
        /// Reports whether one dependency of its service is configured. Takes no credential.
        SelfCheck => "self-check",
        /// Ends the session of the presented token.
        Logout => "logout",
        /// Takes no part in the diagnosis.
        Open => "open",
    }
}
