//! The ports of a twin, and the handles that keep its services running.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use wiremock::MockServer;

use super::neighbours::NeighbourPorts;
use crate::deployment::{Addresses, Neighbours};
use crate::net::ClosedPort;
use crate::terms::BootError;

/// All ports of one twin.
pub(crate) struct Ports {
    pub(crate) edge: ClosedPort,
    pub(crate) backend: ClosedPort,
    pub(crate) auth: ClosedPort,
    pub(crate) database: ClosedPort,
    pub(crate) control: ClosedPort,
    pub(crate) redis: ClosedPort,
    pub(crate) neighbours: NeighbourPorts,
    /// A port that is never opened.
    pub(crate) closed: ClosedPort,
}

impl Ports {
    /// Binds every port; `edge` is the edge's port, 0 for any free port.
    pub(crate) fn take(edge: u16) -> Result<Self, BootError> {
        Ok(Self {
            edge: ClosedPort::take("edge", edge)?,
            backend: ClosedPort::take("backend", 0)?,
            auth: ClosedPort::take("auth service", 0)?,
            database: ClosedPort::take("database", 0)?,
            control: ClosedPort::take("control", 0)?,
            redis: ClosedPort::take("redis", 0)?,
            neighbours: NeighbourPorts {
                web_server: ClosedPort::take("neighbouring web server", 0)?,
                static_site: ClosedPort::take("neighbouring site", 0)?,
                front_end: ClosedPort::take("front end", 0)?,
                proxy: ClosedPort::take("proxy", 0)?,
            },
            closed: ClosedPort::take("closed port", 0)?,
        })
    }

    /// Returns the addresses that the deployment needs.
    pub(crate) fn addresses(&self) -> Addresses {
        Addresses {
            auth_url: format!("http://{}", self.auth.address()),
            database: self.database.address(),
            redis: self.redis.address(),
            neighbours: Neighbours {
                web_server: self.neighbours.web_server.address(),
                static_site: self.neighbours.static_site.address(),
                front_end: self.neighbours.front_end.address(),
                proxy: self.neighbours.proxy.address(),
                closed: self.closed.address(),
            },
        }
    }
}

/// What keeps a service running, or its port bound, for as long as the twin lives.
pub(crate) enum Handle {
    /// The port is bound and closed.
    Stopped { _port: ClosedPort },
    /// The port is open, and no task answers the connections that the operating system accepts.
    Frozen { _listener: TcpListener },
    /// The auth service runs on wiremock's own thread.
    Auth(MockServer),
    /// One of the twin's tasks listens on this address.
    Task(SocketAddr),
}

impl Handle {
    /// Returns the address on which one of the twin's tasks listens.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Task(address) => Some(*address),
            Self::Stopped { .. } | Self::Frozen { .. } | Self::Auth(_) => None,
        }
    }

    /// Stops a service that is not one of the twin's tasks, and waits for its end.
    pub(crate) async fn stop(self) {
        let Self::Auth(server) = self else { return };
        let address = *server.address();
        drop(server);
        // wiremock does not report the end of its thread. It needs far less than a second.
        for _ in 0..1000 {
            if TcpStream::connect(address).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}
