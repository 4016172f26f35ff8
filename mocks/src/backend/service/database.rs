//! The backend's database: one session per request of a route that keeps its data there.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;
use uuid::Uuid;

use crate::backend::error::{ApiError, Origin};
use crate::logs::{ServiceLog, Severity};

/// The time limit of a connection. On loopback a running database accepts at once.
const BUDGET: Duration = Duration::from_millis(500);

/// The database's address, and the log of its sessions.
pub(crate) struct Database {
    address: Option<SocketAddr>,
    log: ServiceLog,
}

/// The session of one request.
pub(crate) struct Session<'a> {
    request: String,
    log: &'a ServiceLog,
}

impl Database {
    pub(crate) fn new(address: Option<SocketAddr>, log: ServiceLog) -> Self {
        Self { address, log }
    }

    /// Opens a session as the user `system`. The real backend opens it before it authenticates the client.
    pub(crate) async fn session(&self) -> Result<Session<'_>, ApiError> {
        let request = format!("req_{}", Uuid::new_v4().simple());
        self.say(&format!("🚀 INITIALIZING: Request-scoped database session {request} with user_id='system'"));
        if let Err(error) = self.connected().await {
            let line = format!("Failed to create request-scoped database session {request}: {error}");
            self.log.message(Severity::Error, line);
            return Err(ApiError::internal("Database session could not be created", Origin::DATABASE_SESSION));
        }
        self.say(&format!("✅ SUCCESS: Database session created for request {request} with user_id='system'"));
        Ok(Session { request, log: &self.log })
    }

    async fn connected(&self) -> std::io::Result<()> {
        let address = self.address.ok_or_else(|| std::io::Error::other("DATABASE_URL is not set"))?;
        timeout(BUDGET, TcpStream::connect(address)).await??;
        Ok(())
    }

    fn say(&self, line: &str) {
        self.log.message(Severity::Info, line);
    }
}

impl Session<'_> {
    /// Logs that an open session ended with a refused client. The lines read like a database failure, and are none.
    pub(crate) fn refused(&self, status: u16, message: &str) {
        let error = format!("{status}: {message}");
        self.log.message(Severity::Error, format!("Database session error: {error}"));
        let line = format!("Failed to create request-scoped database session {}: {error}", self.request);
        self.log.message(Severity::Error, line);
    }
}
