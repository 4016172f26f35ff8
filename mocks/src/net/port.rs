//! Ports on 127.0.0.1. Every port is bound before a service starts: the manifest names it, and a stopped service keeps
//! it.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

use crate::terms::BootError;

/// A port that is bound but not listened on: it refuses connections, and no other process can bind it.
pub(crate) struct ClosedPort {
    socket: TcpSocket,
    address: SocketAddr,
    role: &'static str,
}

impl ClosedPort {
    /// Binds a port on 127.0.0.1; 0 takes any free port.
    pub(crate) fn take(role: &'static str, port: u16) -> Result<Self, BootError> {
        let taken = || {
            let socket = TcpSocket::new_v4()?;
            // A twin on a fixed port can be restarted at once.
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

    /// Starts to listen.
    pub(crate) fn listen(self) -> Result<TcpListener, BootError> {
        let role = self.role;
        self.socket.listen(1024).map_err(|source| BootError::Bind { role, source })
    }

    /// Starts to listen, for a server with its own runtime.
    pub(crate) fn listen_std(self) -> Result<std::net::TcpListener, BootError> {
        let role = self.role;
        self.listen()?.into_std().map_err(|source| BootError::Bind { role, source })
    }
}
