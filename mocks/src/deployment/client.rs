//! What our side was told: where the system is, what to mint with, what to show the auth service.

use super::Deployment;
use super::plan::{CURRENT, JWT_SECRET, SERVICE_SECRET};

/// Where a client was told the backend is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// At the edge.
    Edge,
    /// At a name that is in no DNS.
    NoSuchHost,
    /// At the edge, with TLS, which is not spoken there.
    Encrypted,
    /// At another site's address.
    AnotherSite,
}

/// What a client of this deployment goes by.
pub(crate) struct Client {
    /// The version of the signing secret.
    pub(crate) signing_version: &'static str,
    /// The version of the service secret.
    pub(crate) service_secret_version: &'static str,
    /// `iss` of its tokens.
    pub(crate) issuer: &'static str,
    /// `aud` of its tokens.
    pub(crate) audience: &'static str,
    pub(crate) told: Told,
}

impl Default for Client {
    fn default() -> Self {
        Self {
            signing_version: CURRENT,
            service_secret_version: CURRENT,
            issuer: "netra-auth-service",
            audience: "netra-platform",
            told: Told::Edge,
        }
    }
}

impl Deployment {
    /// The signing secret that clients were told.
    pub(crate) fn client_signing_secret(&self) -> &str {
        self.told(JWT_SECRET, self.client.signing_version)
    }

    /// The service secret that clients were told.
    pub(crate) fn client_service_secret(&self) -> &str {
        self.told(SERVICE_SECRET, self.client.service_secret_version)
    }

    fn told(&self, name: &str, version: &str) -> &str {
        self.secrets.read(name, version).expect("what clients were told has been in the store")
    }
}
