//! What an endpoint is for, as far as the diagnosis needs to know.

use super::words;

words! {
    /// What an endpoint is good for in a diagnosis.
    pub enum Role {
        /// Tells whether the service is up; takes no credential.
        Health => "health",
        /// Must refuse whoever is not signed in.
        Protected => "protected",
        /// Judges a token and says what it thinks (the auth service's validate and verify).
        #[serde(alias = "oracle")]
        Introspection => "introspection",
        /// Mints a token by itself.
        Issuer => "issuer",
        /// Serves whoever comes, and knows who that is if it is told: only the identity in its answer proves anything.
        Optional => "optional",
        /// Says whether one thing its service depends on is configured; takes no credential.
        SelfCheck => "self-check",
        /// Ends the session of the token that is presented to it.
        Logout => "logout",
        /// Anything else; takes no part in the diagnosis.
        Open => "open",
    }
}
