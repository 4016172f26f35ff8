//! The healthy deployment: the settings of the real staging system, with fresh secrets.

use std::collections::BTreeSet;

use super::deployment::{Addresses, Deployment, EdgePort, Egress, Process};
use super::environment::{SecretStore, random_secret};
use super::spec::{ServiceSpec, Source};
use super::{Build, Client};
use crate::terms::{Clock, JwtVariable};

pub(crate) const SERVICE_SECRET: &str = "service-secret-staging";
pub(crate) const JWT_SECRET: &str = "jwt-secret-staging";
const REDIS_URL: &str = "redis-url-staging";
const GOOGLE_SECRET: &str = "google-client-secret-staging";
const DATABASE_URL: &str = "database-url-staging";
const GEMINI_KEY: &str = "gemini-api-key-staging";
/// A version that no service reads any more.
pub(crate) const OLDER: &str = "2";
/// The version that a healthy deployment reads.
pub(crate) const CURRENT: &str = "3";
/// The version after a rotation.
pub(crate) const ROTATED: &str = "4";

/// Returns the deployment without a fault. `startup_validation` sets `STARTUP_VALIDATION` in the backend's environment.
pub(crate) fn healthy(addresses: &Addresses, startup_validation: bool) -> Deployment {
    Deployment {
        backend: backend(addresses, startup_validation),
        auth: auth(),
        secrets: secrets(addresses),
        neighbours: addresses.neighbours,
        client: Client::default(),
        edge: BTreeSet::new(),
        edge_port: EdgePort::Open,
        older_backend: None,
        backend_build: Build::new(),
        backend_reads: JwtVariable::ALL.to_vec(),
        backend_egress: Egress::Direct,
        auth_build: Build::new(),
        usual_user_deleted: false,
        clock: Clock::default(),
        auth_process: Process::Running,
        database_runs: true,
        redis_runs: true,
    }
}

fn backend(addresses: &Addresses, startup_validation: bool) -> ServiceSpec {
    ServiceSpec {
        name: "netra-backend-staging",
        revision: "netra-backend-staging-00639-g4g",
        previous_revision: "netra-backend-staging-00611-cr5",
        container_port: 8000,
        memory_mib: 2048,
        public: true,
        ingress: "all",
        timeout_seconds: 600,
        env: vec![
            ("ENVIRONMENT", plain("staging")),
            ("AUTH_SERVICE_URL", plain(&addresses.auth_url)),
            ("AUTH_SERVICE_ENABLED", plain("true")),
            ("STARTUP_VALIDATION", plain(&startup_validation.to_string())),
            ("SERVICE_ID", plain("netra-backend")),
            ("SERVICE_SECRET", pinned(SERVICE_SECRET, CURRENT)),
            ("JWT_SECRET_KEY", pinned(JWT_SECRET, CURRENT)),
            ("GOOGLE_CLIENT_ID", plain("fivewhys-twin.apps.googleusercontent.com")),
            ("GOOGLE_CLIENT_SECRET", pinned(GOOGLE_SECRET, CURRENT)),
            ("GEMINI_API_KEY", pinned(GEMINI_KEY, CURRENT)),
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
        memory_mib: 2048,
        public: true,
        ingress: "all",
        timeout_seconds: 600,
        env: vec![
            ("ENVIRONMENT", plain("staging")),
            ("JWT_ALGORITHM", plain("HS256")),
            ("SERVICE_SECRET", pinned(SERVICE_SECRET, CURRENT)),
            ("JWT_SECRET_KEY", pinned(JWT_SECRET, CURRENT)),
            ("DATABASE_URL", pinned(DATABASE_URL, CURRENT)),
            ("REDIS_URL", pinned(REDIS_URL, CURRENT)),
            ("GOOGLE_CLIENT_ID", plain("fivewhys-twin.apps.googleusercontent.com")),
            ("GOOGLE_CLIENT_SECRET", pinned(GOOGLE_SECRET, CURRENT)),
        ],
    }
}

fn secrets(addresses: &Addresses) -> SecretStore {
    let mut store = SecretStore::default();
    for version in [OLDER, CURRENT] {
        store.put(SERVICE_SECRET, version, random_secret());
        store.put(JWT_SECRET, version, random_secret());
    }
    store.put(GEMINI_KEY, CURRENT, random_secret());
    store.put(GOOGLE_SECRET, CURRENT, random_secret());
    let database = format!("postgresql://auth:{}@{}/auth", random_secret(), addresses.database);
    store.put(DATABASE_URL, CURRENT, database);
    store.put(REDIS_URL, CURRENT, format!("redis://default:{}@{}/0", random_secret(), addresses.redis));
    store
}

fn plain(value: &str) -> Source {
    Source::Value(value.to_owned())
}

fn pinned(name: &'static str, version: &'static str) -> Source {
    Source::Secret { name, version }
}
