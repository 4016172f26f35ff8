//! The twin's ports on 127.0.0.1, taken before anything starts: the manifest names them, and a stopped service must
//! keep its own.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

use crate::BootError;
use crate::deployment::{Addresses, Neighbours};
use crate::neighbour::NeighbourPorts;

/// A port that is taken but not listened on: connections are refused, and nobody else can have it.
pub(crate) struct ClosedPort {
    socket: TcpSocket,
    address: SocketAddr,
    role: &'static str,
}

impl ClosedPort {
    pub(crate) fn take(role: &'static str, port: u16) -> Result<Self, BootError> {
        let taken = || {
            let socket = TcpSocket::new_v4()?;
            // A twin on a fixed port may be started again at once.
            socket.set_reuseaddr(port != 0)?;
            socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
            let address = socket.local_addr()?;
            Ok(Self { socket, address, role })
        };
        taken().map_err(|source| BootError::Bind { role, source })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Opens the port.
    pub(crate) fn listen(self) -> Result<TcpListener, BootError> {
        let role = self.role;
        self.socket.listen(1024).map_err(|source| BootError::Bind { role, source })
    }

    /// Opens the port for a server with a runtime of its own.
    pub(crate) fn listen_std(self) -> Result<std::net::TcpListener, BootError> {
        let role = self.role;
        self.listen()?.into_std().map_err(|source| BootError::Bind { role, source })
    }
}

/// All of them.
pub(crate) struct Ports {
    pub(crate) edge: ClosedPort,
    pub(crate) backend: ClosedPort,
    pub(crate) auth: ClosedPort,
    pub(crate) database: ClosedPort,
    pub(crate) control: ClosedPort,
    pub(crate) redis: ClosedPort,
    pub(crate) neighbours: NeighbourPorts,
    /// Never opened.
    pub(crate) nobody: ClosedPort,
}

impl Ports {
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
            nobody: ClosedPort::take("closed port", 0)?,
        })
    }
}

impl Ports {
    /// What the deployment has to know of them.
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
                nobody: self.nobody.address(),
            },
        }
    }
}
