//! What is deployed: services, secrets, the edge, and which processes run. A fault is a change made here before boot.

mod environment;
mod manifest;
mod plan;
mod secrets;
mod spec;

pub(crate) use environment::Environment;
pub(crate) use manifest::{Rollout, requested, rolled_out};
pub(crate) use secrets::{SecretStore, random_secret};
pub(crate) use spec::ServiceSpec;

use spec::Source;

use crate::{Fault, Signing};

/// The Google Cloud project and region of the recorded system (contract section 6).
pub(crate) const PROJECT: &str = "netra-staging";
pub(crate) const REGION: &str = "us-central1";

/// Where things listen; known before anything starts, because the manifest names it.
pub(crate) struct Addresses {
    pub(crate) auth_url: String,
    pub(crate) database: std::net::SocketAddr,
}

/// Everything that a fault can change.
pub(crate) struct Deployment {
    pub(crate) backend: ServiceSpec,
    pub(crate) auth: ServiceSpec,
    pub(crate) secrets: SecretStore,
    pub(crate) edge_strips_authorization: bool,
    pub(crate) auth_runs: bool,
    pub(crate) database_runs: bool,
    /// The version of the signing secret that clients were told.
    pub(crate) client_signing_version: &'static str,
}

impl Deployment {
    /// A healthy deployment with `faults` applied in the order given.
    pub(crate) fn planned(addresses: &Addresses, startup_validation: bool, faults: &[Fault]) -> Self {
        let mut deployment = plan::healthy(addresses, startup_validation);
        faults.iter().for_each(|fault| plan::apply(&mut deployment, *fault));
        deployment
    }
}

impl Deployment {
    /// The same with tokens signed in another way: every version of the signing secret is a key of that kind.
    pub(crate) fn signed_with(mut self, signing: Signing) -> Self {
        if signing != Signing::Hs256 {
            self.auth.set("JWT_ALGORITHM", Source::Value(signing.id().to_owned()));
            self.secrets.renew(plan::JWT_SECRET, || signing.fresh_key());
        }
        self
    }
}
