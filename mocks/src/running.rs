//! A service's port while the service does not run, or what keeps it running.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use wiremock::MockServer;

use crate::ports::ClosedPort;

/// Kept for as long as the twin lives.
pub(crate) enum Running {
    /// The port is taken and closed.
    Stopped { _port: ClosedPort },
    /// The port is open, and nobody takes what the system accepts there.
    Frozen { _listener: TcpListener },
    /// The auth service, on wiremock's own thread.
    Auth(MockServer),
    /// One of the twin's tasks listens there.
    Task(SocketAddr),
}

impl Running {
    /// Where one of the twin's tasks listens.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Task(address) => Some(*address),
            Self::Stopped { .. } | Self::Frozen { .. } | Self::Auth(_) => None,
        }
    }

    /// Ends what the twin's tasks do not end.
    pub(crate) async fn stop(self) {
        let Self::Auth(server) = self else { return };
        let address = *server.address();
        drop(server);
        // wiremock does not say when its thread is done; a second is far more than it takes.
        for _ in 0..1000 {
            if TcpStream::connect(address).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}
