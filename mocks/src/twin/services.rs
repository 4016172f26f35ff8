//! Starts the services of a deployment, one function per service.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::boot::Shared;
use super::ports::Handle;
use crate::auth::{self, Accounts, AuthService};
use crate::backend::{self, Code, StartupFailed};
use crate::deployment::{Deployment, EdgePort, Environment, Process, Rollout, ServiceSpec, requested};
use crate::edge::{self, Edge, Split, Throttle};
use crate::logs::{ServiceLog, Severity};
use crate::net::{ClosedPort, serve, serve_dropping};
use crate::noise::{self, Dice, Warmup};
use crate::terms::BootError;

/// The share of traffic of an older revision that an unfinished rollout left behind.
const LEFT_BEHIND: f64 = 0.5;

/// Starts the database or Redis. It only accepts connections: the services ask no more of it.
pub(super) fn start_store(runs: bool, port: ClosedPort, shared: &Shared) -> Result<Handle, BootError> {
    if !runs {
        return Ok(Handle::Stopped { _port: port });
    }
    let address = port.address();
    shared.tasks.spawn(accept_and_close(port.listen()?));
    Ok(Handle::Task(address))
}

async fn accept_and_close(listener: TcpListener) {
    loop {
        drop(listener.accept().await);
    }
}

/// Starts the auth service, unless its process is killed, frozen or cannot start.
pub(super) async fn start_auth(
    deployment: &Deployment,
    port: ClosedPort,
    shared: &Shared,
) -> Result<(Handle, Rollout), BootError> {
    let log = ServiceLog::new(&shared.logs, &deployment.auth, deployment.clock);
    match deployment.auth_process {
        Process::Killed => {
            log.platform(Severity::Warning, "Container terminated on signal 9.");
            return Ok((Handle::Stopped { _port: port }, Rollout::Ready));
        }
        Process::Frozen => return Ok((Handle::Frozen { _listener: port.listen()? }, Rollout::Ready)),
        Process::Running => {}
    }
    let environment = Environment::resolve(&requested(&deployment.auth), &deployment.secrets);
    let journal = Arc::clone(&shared.journal);
    let users = Accounts::new(shared.users.clone(), deployment.usual_user_deleted);
    let build = deployment.auth_build.clone();
    match AuthService::start(shared.dialect, &environment, build, users, log.clone(), journal) {
        Some(service) => Ok((
            Handle::Auth(auth::serve(&service, port.listen_std()?, &Warmup::new(shared.noise.cold_start)).await),
            Rollout::Ready,
        )),
        None => Ok((platform_alone(deployment, log, port, shared)?, Rollout::ContainerFailed)),
    }
}

/// Starts the platform's front end without a service: it answers for a container that did not start.
fn platform_alone(
    deployment: &Deployment,
    log: ServiceLog,
    port: ClosedPort,
    shared: &Shared,
) -> Result<Handle, BootError> {
    let address = port.address();
    let edge = Edge { rules: BTreeSet::new(), ..in_front_of(&deployment.auth, None, deployment, log, shared) };
    serve(&shared.tasks, port.listen()?, edge::router(edge));
    Ok(Handle::Task(address))
}

/// Starts the backend, unless the platform kills it or it refuses to start.
pub(super) fn start_backend(
    deployment: &Deployment,
    log: ServiceLog,
    port: ClosedPort,
    shared: &Shared,
) -> Result<(Handle, Rollout), BootError> {
    if deployment.backend.is_short_of_memory() {
        say_killed(&deployment.backend, &log);
        return Ok((Handle::Stopped { _port: port }, Rollout::ContainerFailed));
    }
    let environment = Environment::resolve(&requested(&deployment.backend), &deployment.secrets);
    let code = code(deployment, shared);
    match backend::start(shared.dialect, &environment, &code, Arc::clone(&shared.messages), log)? {
        Err(StartupFailed) => Ok((Handle::Stopped { _port: port }, Rollout::ContainerFailed)),
        Ok(router) => {
            let address = port.address();
            let router = noise::warming(shared.clients.at_the_backend(router), Warmup::new(shared.noise.cold_start));
            serve(&shared.tasks, port.listen()?, router);
            Ok((Handle::Task(address), Rollout::Ready))
        }
    }
}

/// Returns what the backend's revisions consist of apart from their settings.
fn code(deployment: &Deployment, shared: &Shared) -> Code {
    let (build, jwt_variables) = (deployment.backend_build.clone(), deployment.backend_reads.clone());
    Code { build, proxy: deployment.proxy(), jwt_variables, load_faults: shared.load_faults.clone() }
}

/// Logs that the platform killed the container for its memory.
fn say_killed(service: &ServiceSpec, log: &ServiceLog) {
    let (limit, used) = (service.memory_mib, service.memory_mib + 7);
    log.platform(
        Severity::Error,
        &format!(
            "Memory limit of {limit} MiB exceeded with {used} MiB used. Consider increasing the memory limit, see \
             https://cloud.google.com/run/docs/configuring/memory-limits"
        ),
    );
    log.platform(Severity::Warning, "Container terminated on signal 9.");
}

/// Starts an older revision of the backend when a fault or the noise gives it traffic.
///
/// Returns `None` when no older revision gets traffic, or when it refuses to start.
pub(super) fn start_older_revision(deployment: &Deployment, shared: &Shared) -> Result<Option<Split>, BootError> {
    let newest = &deployment.backend;
    let (older, share) = match &deployment.older_backend {
        Some(left_behind) => (left_behind.clone(), LEFT_BEHIND),
        None if shared.noise.older_revision <= 0.0 => return Ok(None),
        None => (newest.clone(), shared.noise.older_revision),
    };
    let older = ServiceSpec { revision: newest.previous_revision, ..older };
    let log = ServiceLog::new(&shared.logs, &older, deployment.clock);
    let environment = Environment::resolve(&requested(&older), &deployment.secrets);
    let code = code(deployment, shared);
    let started = backend::start(shared.dialect, &environment, &code, Arc::clone(&shared.messages), log.clone())?;
    let Ok(router) = started else { return Ok(None) };
    let port = ClosedPort::take("older revision", 0)?;
    let backend = port.address();
    serve(&shared.tasks, port.listen()?, shared.clients.at_the_backend(router));
    let dice = Dice::new(shared.noise.seed, "revision");
    Ok(Some(Split { backend, log, share, dice }))
}

/// Starts the edge in front of the backend.
pub(super) fn start_edge(
    deployment: &Deployment,
    (backend, split): (Option<SocketAddr>, Option<Split>),
    log: ServiceLog,
    port: ClosedPort,
    shared: &Shared,
) -> Result<Handle, BootError> {
    let address = port.address();
    match deployment.edge_port {
        EdgePort::Closed => return Ok(Handle::Stopped { _port: port }),
        EdgePort::Resets => shared.tasks.spawn(accept_and_reset(port.listen()?)),
        EdgePort::Open => {
            let edge = Edge { split, ..in_front_of(&deployment.backend, backend, deployment, log, shared) };
            let router = noise::disturbed(shared.clients.at_the_edge(edge::router(edge)), &shared.noise);
            let (dropped, dice) = (shared.noise.dropped, Dice::new(shared.noise.seed, "dropped"));
            serve_dropping(&shared.tasks, port.listen()?, router, move || dice.draw() < dropped);
        }
    }
    Ok(Handle::Task(address))
}

/// Makes the platform's front end of one service.
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
            // With a linger of zero, closing sends RST.
            let _ = stream.set_zero_linger();
        }
    }
}
