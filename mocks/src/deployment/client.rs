//! What a client of the deployment was given: the system's address, the signing secret, the service secret, the claims.

use super::Deployment;
use super::plan::{CURRENT, JWT_SECRET, SERVICE_SECRET};

/// The address that a client was given for the backend.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum GivenAddress {
    /// The edge.
    Edge,
    /// A host name that DNS does not know.
    NoSuchHost,
    /// The edge with an encrypted scheme; the edge speaks no TLS.
    Encrypted,
    /// Another site.
    AnotherSite,
}

/// The settings of a client.
pub(crate) struct Client {
    /// The version of the signing secret that the client holds.
    pub(crate) signing_version: &'static str,
    /// The version of the service secret that the client holds.
    pub(crate) service_secret_version: &'static str,
    /// The `iss` claim of its tokens.
    pub(crate) issuer: &'static str,
    /// The `aud` claim of its tokens.
    pub(crate) audience: &'static str,
    pub(crate) address: GivenAddress,
}

impl Default for Client {
    fn default() -> Self {
        Self {
            signing_version: CURRENT,
            service_secret_version: CURRENT,
            issuer: "netra-auth-service",
            audience: "netra-platform",
            address: GivenAddress::Edge,
        }
    }
}

impl Deployment {
    /// Returns the signing secret that clients hold.
    pub(crate) fn client_signing_secret(&self) -> &str {
        self.held(JWT_SECRET, self.client.signing_version)
    }

    /// Returns the service secret that clients hold.
    pub(crate) fn client_service_secret(&self) -> &str {
        self.held(SERVICE_SECRET, self.client.service_secret_version)
    }

    fn held(&self, name: &str, version: &str) -> &str {
        self.secrets.read(name, version).expect("the store has every version that clients hold")
    }
}
