//! Boots a twin: makes the deployment, starts its services in the order in which a deployment comes up.

use std::net::SocketAddr;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::ports::{Handle, Ports};
use super::services::{start_auth, start_backend, start_edge, start_older_revision, start_store};
use super::twin::{Manifests, Revisions};
use super::{Twin, TwinBuilder, control};
use crate::backend::MessageStore;
use crate::clients::Clients;
use crate::deployment::{
    CURRENT, Deployment, GivenAddress, JWT_SECRET, Rollout, SERVICE_SECRET, ServiceSpec, healthy, random_secret,
    revision, rolled_out, split_traffic,
};
use crate::faults::inject;
use crate::logs::{Journal, LogBook, ServiceLog};
use crate::net::{Tasks, serve};
use crate::noise::{self, Noise};
use crate::terms::{BootError, Credentials, Dialect, JwtVariable, LoadFault, TestUser, test_users};

/// What all services of one twin share.
pub(super) struct Shared {
    pub(super) dialect: Dialect,
    pub(super) noise: Noise,
    pub(super) clients: Clients,
    pub(super) load_faults: Vec<LoadFault>,
    pub(super) logs: Arc<LogBook>,
    pub(super) journal: Arc<Journal>,
    pub(super) tasks: Tasks,
    pub(super) users: Vec<TestUser>,
    pub(super) messages: Arc<MessageStore>,
}

/// Boots the twin that `asked` describes.
pub(super) async fn boot(asked: TwinBuilder) -> Result<Twin, BootError> {
    let shared = Shared {
        dialect: asked.dialect,
        noise: asked.noise.clone(),
        clients: asked.clients.clone(),
        load_faults: asked.load_faults.clone(),
        logs: Arc::default(),
        journal: Arc::default(),
        tasks: Tasks::default(),
        users: asked.credentials.as_ref().map_or_else(|| test_users(random_secret), |known| known.users.clone()),
        messages: Arc::default(),
    };
    let booted = deploy(&asked, &shared).await;
    if booted.is_err() {
        shared.tasks.abort();
    }
    booted
}

async fn deploy(asked: &TwinBuilder, shared: &Shared) -> Result<Twin, BootError> {
    let ports = Ports::take(asked.port)?;
    let urls = Urls::of(&ports);
    let (addresses, edge_address) = (ports.addresses(), ports.edge.address());
    let mut deployment = healthy(&addresses, asked.startup_validation);
    if let Some(known) = &asked.credentials {
        deployment.secrets.put(JWT_SECRET, CURRENT, known.signing_secret.clone());
        deployment.secrets.put(SERVICE_SECRET, CURRENT, known.service_secret.clone());
    }
    let before = (deployment.backend.clone(), deployment.auth.clone());
    inject(&mut deployment, &asked.faults);
    let deployment = deployment.naming_jwt_secret(asked.jwt_variable, &asked.backend_reads).signed_with(asked.signing);

    let credentials = credentials(&deployment, shared);
    ports.neighbours.serve(&shared.tasks)?;
    let database = start_store(deployment.database_runs, ports.database, shared)?;
    let redis = start_store(deployment.redis_runs, ports.redis, shared)?;
    let (auth, auth_rollout) = start_auth(&deployment, ports.auth, shared).await?;
    // The platform's lines about the backend and its own lines carry the same instance id.
    let log = ServiceLog::new(&shared.logs, &deployment.backend, deployment.clock);
    let log_of_backend = log.clone();
    let log_of_auth = ServiceLog::new(&shared.logs, &deployment.auth, deployment.clock);
    if shared.noise.log_lines {
        noise::say_started(&log_of_backend);
    }
    let (backend, rollout) = start_backend(&deployment, log.clone(), ports.backend, shared)?;
    let split = start_older_revision(&deployment, shared)?.filter(|_| rollout == Rollout::Ready);
    let older = split.as_ref().map(|split| split.share);
    let edge = start_edge(&deployment, (backend.address(), split), log, ports.edge, shared)?;

    let mut manifests = Manifests {
        backend: rolled_out(&deployment.backend, &urls.edge, rollout),
        auth: rolled_out(&deployment.auth, &urls.auth, auth_rollout),
    };
    if let Some(share) = older {
        split_traffic(&mut manifests.backend, &deployment.backend, share);
    }
    let revisions = Revisions {
        backend: history(&before.0, &deployment.backend, asked.jwt_variable, rollout),
        auth: history(&before.1, &deployment.auth, asked.jwt_variable, auth_rollout),
    };
    if shared.noise.log_lines {
        noise::say_started(&log_of_auth);
        shared.tasks.spawn(noise::say_of_others(log_of_backend));
    }
    let operator =
        control::router(manifests.clone(), revisions.clone(), Arc::clone(&shared.logs), Arc::clone(&shared.journal));
    serve(&shared.tasks, ports.control.listen()?, operator);
    Ok(Twin {
        backend_url: urls.backend,
        edge_url: given_address(&deployment, "http", edge_address),
        websocket_url: given_address(&deployment, "ws", edge_address),
        auth_url: urls.auth,
        control_url: urls.control,
        credentials,
        signing: asked.signing,
        manifests,
        revisions,
        journal: Arc::clone(&shared.journal),
        logs: Arc::clone(&shared.logs),
        tasks: shared.tasks.clone(),
        running: vec![database, redis, auth, backend, edge, Handle::Stopped { _port: ports.closed }],
    })
}

/// Returns the revisions of a service, the newest first: that of this deployment, and the one that served before it.
fn history(before: &ServiceSpec, now: &ServiceSpec, jwt_variable: JwtVariable, rollout: Rollout) -> Vec<Value> {
    let mut before = before.clone();
    before.rename(JwtVariable::Key.id(), jwt_variable.id());
    let created = Timestamp::now();
    let yesterday = created.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(created);
    vec![
        revision(now, now.revision, rollout == Rollout::Ready, created),
        revision(&before, before.previous_revision, true, yesterday),
    ]
}

/// The URLs of the services, with or without a fault.
struct Urls {
    edge: String,
    backend: String,
    auth: String,
    control: String,
}

impl Urls {
    fn of(ports: &Ports) -> Self {
        Self {
            edge: format!("http://{}", ports.edge.address()),
            backend: format!("http://{}", ports.backend.address()),
            auth: format!("http://{}", ports.auth.address()),
            control: format!("http://{}", ports.control.address()),
        }
    }
}

/// Returns what the client is given.
fn credentials(deployment: &Deployment, shared: &Shared) -> Credentials {
    Credentials {
        signing_secret: deployment.client_signing_secret().to_owned(),
        service_id: "netra-backend".to_owned(),
        service_secret: deployment.client_service_secret().to_owned(),
        issuer: deployment.client.issuer,
        audience: deployment.client.audience,
        backend_verifies_locally: deployment.backend.plain("TOKEN_VALIDATION") == Some("local"),
        backend_checks_at_start: deployment.backend.plain("STARTUP_VALIDATION") != Some("false"),
        users: shared.users.clone(),
    }
}

/// Returns the URL of the backend that the client is given.
fn given_address(deployment: &Deployment, scheme: &str, edge: SocketAddr) -> String {
    match deployment.client.address {
        GivenAddress::Edge => format!("{scheme}://{edge}"),
        GivenAddress::Encrypted => format!("{scheme}s://{edge}"),
        GivenAddress::NoSuchHost => format!("{scheme}://api.staging.fivewhys.invalid:{}", edge.port()),
        GivenAddress::AnotherSite => format!("{scheme}://{}", deployment.neighbours.static_site),
    }
}
