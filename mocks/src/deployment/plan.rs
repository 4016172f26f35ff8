//! The healthy deployment of the recorded system (contract section 6), and what each fault changes in it.

use super::spec::Source;
use super::{Addresses, Deployment, SecretStore, ServiceSpec, random_secret};
use crate::Fault;

const SERVICE_SECRET: &str = "service-secret-staging";
const JWT_SECRET: &str = "jwt-secret-staging";
const GOOGLE_SECRET: &str = "google-client-secret-staging";
const DATABASE_URL: &str = "database-url-staging";
/// The versions before and after a rotation.
const CURRENT: &str = "3";
const ROTATED: &str = "4";

pub(super) fn healthy(addresses: &Addresses, startup_validation: bool) -> Deployment {
    Deployment {
        backend: backend(addresses, startup_validation),
        auth: auth(),
        secrets: secrets(addresses),
        edge_strips_authorization: false,
        auth_runs: true,
        database_runs: true,
        client_signing_version: CURRENT,
    }
}

/// The one place that knows what a fault is.
pub(super) fn apply(deployment: &mut Deployment, fault: Fault) {
    match fault {
        Fault::ServiceSecretMismatch => {
            deployment.secrets.put(SERVICE_SECRET, ROTATED, random_secret());
            deployment.auth.set("SERVICE_SECRET", pinned(SERVICE_SECRET, ROTATED));
        }
        Fault::ServiceSecretMissing => deployment.backend.unset("SERVICE_SECRET"),
        Fault::WrongSigningSecret => {
            deployment.secrets.put(JWT_SECRET, ROTATED, random_secret());
            deployment.auth.set("JWT_SECRET_KEY", pinned(JWT_SECRET, ROTATED));
            deployment.backend.set("JWT_SECRET_KEY", pinned(JWT_SECRET, ROTATED));
        }
        Fault::AuthDown => deployment.auth_runs = false,
        Fault::DatabaseDown => deployment.database_runs = false,
        Fault::IamDenied => deployment.backend.public = false,
        Fault::StripsAuthorization => deployment.edge_strips_authorization = true,
    }
}

fn backend(addresses: &Addresses, startup_validation: bool) -> ServiceSpec {
    ServiceSpec {
        name: "netra-backend-staging",
        revision: "netra-backend-staging-00639-g4g",
        previous_revision: "netra-backend-staging-00611-cr5",
        container_port: 8000,
        public: true,
        env: vec![
            ("ENVIRONMENT", plain("staging")),
            ("AUTH_SERVICE_URL", plain(&addresses.auth_url)),
            ("AUTH_SERVICE_ENABLED", plain("true")),
            ("STARTUP_VALIDATION", plain(&startup_validation.to_string())),
            ("SERVICE_ID", plain("netra-backend")),
            ("SERVICE_SECRET", pinned(SERVICE_SECRET, CURRENT)),
            ("JWT_SECRET_KEY", pinned(JWT_SECRET, CURRENT)),
            ("DATABASE_URL", pinned(DATABASE_URL, CURRENT)),
        ],
    }
}

fn auth() -> ServiceSpec {
    ServiceSpec {
        name: "netra-auth-service",
        revision: "netra-auth-service-00284-9s5",
        previous_revision: "netra-auth-service-00282-lsb",
        container_port: 8080,
        public: true,
        env: vec![
            ("ENVIRONMENT", plain("staging")),
            ("JWT_ALGORITHM", plain("HS256")),
            ("SERVICE_SECRET", pinned(SERVICE_SECRET, CURRENT)),
            ("JWT_SECRET_KEY", pinned(JWT_SECRET, CURRENT)),
            ("DATABASE_URL", pinned(DATABASE_URL, CURRENT)),
            ("GOOGLE_CLIENT_ID", plain("fivewhys-twin.apps.googleusercontent.com")),
            ("GOOGLE_CLIENT_SECRET", pinned(GOOGLE_SECRET, CURRENT)),
        ],
    }
}

fn secrets(addresses: &Addresses) -> SecretStore {
    let mut store = SecretStore::default();
    store.put(SERVICE_SECRET, CURRENT, random_secret());
    store.put(JWT_SECRET, CURRENT, random_secret());
    store.put(GOOGLE_SECRET, CURRENT, random_secret());
    let database = format!("postgresql://auth:{}@{}/auth", random_secret(), addresses.database);
    store.put(DATABASE_URL, CURRENT, database);
    store
}

fn plain(value: &str) -> Source {
    Source::Value(value.to_owned())
}

fn pinned(name: &'static str, version: &'static str) -> Source {
    Source::Secret { name, version }
}

impl Deployment {
    /// The signing secret that clients were told.
    pub(crate) fn client_signing_secret(&self) -> &str {
        let told = self.secrets.read(JWT_SECRET, self.client_signing_version);
        told.expect("the first version is always in the store")
    }
}
