//! Puts the pieces together, in the order in which a deployment comes up.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;

use crate::auth::AuthService;
use crate::backend::{Backend, MessageStore, StartupFailed};
use crate::credentials::{TestUser, test_users};
use crate::deployment::{Addresses, Deployment, Environment, Rollout, random_secret, requested, rolled_out};
use crate::edge::{Edge, Split};
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
    let addresses = Addresses { auth_url: urls.auth.clone(), database: ports.database.address() };
    let deployment = Deployment::planned(&addresses, asked.startup_validation, &asked.faults);

    let auth_environment = Environment::resolve(&requested(&deployment.auth), &deployment.secrets);
    let credentials = credentials(&deployment, &auth_environment, shared);
    let database = start_database(&deployment, ports.database, shared)?;
    let auth = start_auth(&deployment, &auth_environment, ports.auth, shared).await?;
    // One instance: the platform's lines about it and its own carry the same instance id.
    let log = ServiceLog::new(&shared.logs, &deployment.backend);
    let (backend, rollout) = start_backend(&deployment, log.clone(), ports.backend, shared)?;
    let split = shared.beside().start(&deployment)?.filter(|_| rollout == Rollout::Ready);
    let older = split.as_ref().map(|split| split.share);
    start_edge(&deployment, (backend.address(), split), log, ports.edge, shared)?;

    let mut manifests = Manifests {
        backend: rolled_out(&deployment.backend, &urls.edge, rollout),
        auth: rolled_out(&deployment.auth, &urls.auth, Rollout::Ready),
    };
    if let Some(share) = older {
        older::split(&mut manifests.backend, &deployment.backend, share);
    }
    let operator = control::router(manifests.clone(), Arc::clone(&shared.logs), Arc::clone(&shared.journal));
    serve(&shared.tasks, ports.control.listen()?, operator);
    Ok(Twin {
        edge_url: urls.edge,
        websocket_url: urls.websocket,
        auth_url: urls.auth,
        control_url: urls.control,
        credentials,
        manifests,
        journal: Arc::clone(&shared.journal),
        logs: Arc::clone(&shared.logs),
        tasks: shared.tasks.clone(),
        running: vec![database, auth, backend],
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
    websocket: String,
    auth: String,
    control: String,
}

impl Urls {
    fn of(ports: &Ports) -> Self {
        Self {
            edge: format!("http://{}", ports.edge.address()),
            websocket: format!("ws://{}", ports.edge.address()),
            auth: format!("http://{}", ports.auth.address()),
            control: format!("http://{}", ports.control.address()),
        }
    }
}

fn credentials(deployment: &Deployment, auth: &Environment, shared: &Shared) -> Credentials {
    Credentials {
        signing_secret: deployment.client_signing_secret().to_owned(),
        service_id: "netra-backend".to_owned(),
        service_secret: auth.get("SERVICE_SECRET").unwrap_or_default().to_owned(),
        users: shared.users.clone(),
    }
}

/// The database accepts connections, which is all that the auth service asks of it.
fn start_database(deployment: &Deployment, port: ClosedPort, shared: &Shared) -> Result<Running, BootError> {
    if !deployment.database_runs {
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
    environment: &Environment,
    port: ClosedPort,
    shared: &Shared,
) -> Result<Running, BootError> {
    let log = ServiceLog::new(&shared.logs, &deployment.auth);
    if !deployment.auth_runs {
        log.platform(Severity::Warning, "Container terminated on signal 9.");
        return Ok(Running::Stopped { _port: port });
    }
    let journal = Arc::clone(&shared.journal);
    let service = AuthService::new(shared.dialect, environment, shared.users.clone(), log, journal);
    Ok(Running::Auth(service.serve(port.listen_std()?, Warmup::new(shared.noise.cold_start)).await))
}

fn start_backend(
    deployment: &Deployment,
    log: ServiceLog,
    port: ClosedPort,
    shared: &Shared,
) -> Result<(Running, Rollout), BootError> {
    let environment = Environment::resolve(&requested(&deployment.backend), &deployment.secrets);
    match Backend::start(shared.dialect, &environment, Arc::clone(&shared.messages), log)? {
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
) -> Result<(), BootError> {
    let edge = Edge {
        dialect: shared.dialect,
        backend,
        split,
        public: deployment.backend.public,
        strips_authorization: deployment.edge_strips_authorization,
        log,
        tasks: shared.tasks.clone(),
    };
    let router = noise::around(edge::router(edge), &shared.noise);
    let (dropped, dice) = (shared.noise.dropped, Dice::new(shared.noise.seed, "dropped"));
    serve_dropping(&shared.tasks, port.listen()?, router, move || dice.draw() < dropped);
    Ok(())
}
