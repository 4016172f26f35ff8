//! The backend's database: a session for each request of the routes that keep their data there (contract section 5).

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;
use uuid::Uuid;

use super::envelope::ApiError;
use super::origin::Origin;
use crate::logs::{ServiceLog, Severity};

/// The database is on loopback; a healthy one accepts at once.
const BUDGET: Duration = Duration::from_millis(500);

/// Where it is, and who writes about it.
pub(super) struct Database {
    address: Option<SocketAddr>,
    log: ServiceLog,
}

/// A session of one request.
pub(super) struct Session<'a> {
    request: String,
    log: &'a ServiceLog,
}

impl Database {
    pub(super) fn new(address: Option<SocketAddr>, log: ServiceLog) -> Self {
        Self { address, log }
    }

    /// A session on behalf of the service itself, opened before anybody asks who the client is (contract 0.9).
    pub(super) async fn session(&self) -> Result<Session<'_>, ApiError> {
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
    /// The echo that a refused client leaves in an open session: it reads like a fault of the database, and is none.
    pub(super) fn refused(&self, status: u16, message: &str) {
        let error = format!("{status}: {message}");
        self.log.message(Severity::Error, format!("Database session error: {error}"));
        let line = format!("Failed to create request-scoped database session {}: {error}", self.request);
        self.log.message(Severity::Error, line);
    }
}
