//! Puts the pieces together, in the order in which a deployment comes up.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::auth::{Accounts, AuthService};
use crate::backend::{Backend, Code, MessageStore, StartupFailed};
use crate::credentials::{TestUser, test_users};
use crate::deployment::{
    Deployment, EdgePort, Environment, Process, Rollout, ServiceSpec, Told, random_secret, requested, rolled_out,
};
use crate::edge::{Edge, Split, Throttle};
use crate::journal::Journal;
use crate::logs::{LogBook, ServiceLog, Severity};
use crate::noise::{self, Dice, Noise, Warmup};
use crate::older::{self, Beside};
use crate::ports::{ClosedPort, Ports};
use crate::running::Running;
use crate::serve::{Tasks, serve, serve_dropping};
use crate::twin::Manifests;
use crate::{Credentials, Dialect, Twin, TwinBuilder, control, edge};

/// Why a twin could not be booted; never a symptom of an injected fault.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// A listener could not be bound on 127.0.0.1 (the asked-for port is taken, as a rule).
    #[error("could not bind the {role} on 127.0.0.1")]
    Bind {
        /// The listener's role: edge, backend, auth service, database or control.
        role: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The backend's HTTP client could not be built.
    #[error("could not build the backend's HTTP client")]
    Client(#[from] reqwest::Error),
}

/// What every service of one twin shares.
struct Shared {
    dialect: Dialect,
    noise: Noise,
    logs: Arc<LogBook>,
    journal: Arc<Journal>,
    tasks: Tasks,
    users: Vec<TestUser>,
    messages: Arc<MessageStore>,
}

pub(crate) async fn boot(asked: TwinBuilder) -> Result<Twin, BootError> {
    let shared = Shared {
        dialect: asked.dialect,
        noise: asked.noise.clone(),
        logs: Arc::default(),
        journal: Arc::default(),
        tasks: Tasks::default(),
        users: test_users(random_secret),
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
    let deployment =
        Deployment::planned(&addresses, asked.startup_validation, &asked.faults).signed_with(asked.signing);

    let credentials = credentials(&deployment, shared);
    ports.neighbours.serve(&shared.tasks)?;
    let database = start_store(deployment.database_runs, ports.database, shared)?;
    let redis = start_store(deployment.redis_runs, ports.redis, shared)?;
    let (auth, auth_rollout) = start_auth(&deployment, ports.auth, shared).await?;
    // One instance: the platform's lines about it and its own carry the same instance id.
    let log = ServiceLog::new(&shared.logs, &deployment.backend, deployment.clock);
    let (backend, rollout) = start_backend(&deployment, log.clone(), ports.backend, shared)?;
    let split = shared.beside().start(&deployment)?.filter(|_| rollout == Rollout::Ready);
    let older = split.as_ref().map(|split| split.share);
    let edge = start_edge(&deployment, (backend.address(), split), log, ports.edge, shared)?;

    let mut manifests = Manifests {
        backend: rolled_out(&deployment.backend, &urls.edge, rollout),
        auth: rolled_out(&deployment.auth, &urls.auth, auth_rollout),
    };
    if let Some(share) = older {
        older::split(&mut manifests.backend, &deployment.backend, share);
    }
    let operator = control::router(manifests.clone(), Arc::clone(&shared.logs), Arc::clone(&shared.journal));
    serve(&shared.tasks, ports.control.listen()?, operator);
    Ok(Twin {
        backend_url: urls.backend,
        edge_url: told(&deployment, "http", edge_address),
        websocket_url: told(&deployment, "ws", edge_address),
        auth_url: urls.auth,
        control_url: urls.control,
        credentials,
        signing: asked.signing,
        manifests,
        journal: Arc::clone(&shared.journal),
        logs: Arc::clone(&shared.logs),
        tasks: shared.tasks.clone(),
        running: vec![database, redis, auth, backend, edge, Running::Stopped { _port: ports.nobody }],
    })
}

impl Shared {
    fn beside(&self) -> Beside<'_> {
        let Self { dialect, noise, logs, messages, tasks, .. } = self;
        Beside { dialect: *dialect, noise, logs, messages, tasks }
    }
}

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

/// What the client is told to use.
fn told(deployment: &Deployment, scheme: &str, edge: SocketAddr) -> String {
    match deployment.client.told {
        Told::Edge => format!("{scheme}://{edge}"),
        Told::Encrypted => format!("{scheme}s://{edge}"),
        Told::NoSuchHost => format!("{scheme}://api.staging.fivewhys.invalid:{}", edge.port()),
        Told::AnotherSite => format!("{scheme}://{}", deployment.neighbours.static_site),
    }
}

/// Database and Redis accept connections, which is all that is asked of them.
fn start_store(runs: bool, port: ClosedPort, shared: &Shared) -> Result<Running, BootError> {
    if !runs {
        return Ok(Running::Stopped { _port: port });
    }
    let address = port.address();
    shared.tasks.spawn(accept_and_close(port.listen()?));
    Ok(Running::Task(address))
}

async fn accept_and_close(listener: TcpListener) {
    loop {
        drop(listener.accept().await);
    }
}

async fn start_auth(
    deployment: &Deployment,
    port: ClosedPort,
    shared: &Shared,
) -> Result<(Running, Rollout), BootError> {
    let log = ServiceLog::new(&shared.logs, &deployment.auth, deployment.clock);
    match deployment.auth_process {
        Process::Killed => {
            log.platform(Severity::Warning, "Container terminated on signal 9.");
            return Ok((Running::Stopped { _port: port }, Rollout::Ready));
        }
        Process::Frozen => return Ok((Running::Frozen { _listener: port.listen()? }, Rollout::Ready)),
        Process::Running => {}
    }
    let environment = Environment::resolve(&requested(&deployment.auth), &deployment.secrets);
    let journal = Arc::clone(&shared.journal);
    let users = Accounts::new(shared.users.clone(), deployment.usual_user_deleted);
    let build = deployment.auth_build.clone();
    match AuthService::start(shared.dialect, &environment, build, users, log.clone(), journal) {
        Some(service) => Ok((
            Running::Auth(service.serve(port.listen_std()?, Warmup::new(shared.noise.cold_start)).await),
            Rollout::Ready,
        )),
        None => Ok((platform_alone(deployment, log, port, shared)?, Rollout::ContainerFailed)),
    }
}

/// The platform keeps the service's address, and answers for a container that never came up.
fn platform_alone(
    deployment: &Deployment,
    log: ServiceLog,
    port: ClosedPort,
    shared: &Shared,
) -> Result<Running, BootError> {
    let address = port.address();
    let edge = Edge { rules: BTreeSet::new(), ..in_front_of(&deployment.auth, None, deployment, log, shared) };
    serve(&shared.tasks, port.listen()?, edge::router(edge));
    Ok(Running::Task(address))
}

fn start_backend(
    deployment: &Deployment,
    log: ServiceLog,
    port: ClosedPort,
    shared: &Shared,
) -> Result<(Running, Rollout), BootError> {
    if deployment.backend.is_starved(&log) {
        return Ok((Running::Stopped { _port: port }, Rollout::ContainerFailed));
    }
    let environment = Environment::resolve(&requested(&deployment.backend), &deployment.secrets);
    let code = Code { build: deployment.backend_build.clone(), proxy: deployment.proxy() };
    match Backend::start(shared.dialect, &environment, &code, Arc::clone(&shared.messages), log)? {
        Err(StartupFailed) => Ok((Running::Stopped { _port: port }, Rollout::ContainerFailed)),
        Ok(router) => {
            let address = port.address();
            let router = noise::warming(router, Warmup::new(shared.noise.cold_start));
            serve(&shared.tasks, port.listen()?, router);
            Ok((Running::Task(address), Rollout::Ready))
        }
    }
}

fn start_edge(
    deployment: &Deployment,
    (backend, split): (Option<SocketAddr>, Option<Split>),
    log: ServiceLog,
    port: ClosedPort,
    shared: &Shared,
) -> Result<Running, BootError> {
    let address = port.address();
    match deployment.edge_port {
        EdgePort::Closed => return Ok(Running::Stopped { _port: port }),
        EdgePort::Resets => shared.tasks.spawn(accept_and_reset(port.listen()?)),
        EdgePort::Open => {
            let edge = Edge { split, ..in_front_of(&deployment.backend, backend, deployment, log, shared) };
            let router = noise::around(edge::router(edge), &shared.noise);
            let (dropped, dice) = (shared.noise.dropped, Dice::new(shared.noise.seed, "dropped"));
            serve_dropping(&shared.tasks, port.listen()?, router, move || dice.draw() < dropped);
        }
    }
    Ok(Running::Task(address))
}

/// The platform's front end of one service.
fn in_front_of(
    service: &ServiceSpec,
    backend: Option<SocketAddr>,
    deployment: &Deployment,
    log: ServiceLog,
    shared: &Shared,
) -> Edge {
    Edge {
        dialect: shared.dialect,
        backend,
        split: None,
        public: service.public,
        rules: deployment.edge.clone(),
        throttle: Throttle::default(),
        ingress: service.ingress,
        timeout: Duration::from_secs(service.timeout_seconds),
        front_end: deployment.neighbours.front_end,
        log,
        tasks: shared.tasks.clone(),
    }
}

async fn accept_and_reset(listener: TcpListener) {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            // Closing without lingering is a reset.
            let _ = stream.set_zero_linger();
        }
    }
}
