//! The prober of a run: what all its probes share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::hang::Hangs;
use super::login::Logins;
use super::pace::Pace;
use super::preflight::Preflights;
#[cfg(unix)]
use super::shared_rate::SharedRate;
use super::transport::Tls;
use super::transport::clients::Clients;
use super::{Credentials, Redact, Session, SetupError};
use crate::config::Target;

/// Large responses that are redacted at the same time.
const AT_ONCE: usize = 2;

/// Sends the probes of one run, with one request rate, one deadline and one counter.
pub struct Prober(Arc<Shared>);

/// What all sessions of a run share.
pub(super) struct Shared {
    pub(super) target: Arc<Target>,
    pub(super) credentials: Arc<dyn Credentials>,
    pub(super) redact: Arc<dyn Redact>,
    pub(super) run_end: Instant,
    pub(super) pace: Pace,
    pub(super) hangs: Hangs,
    pub(super) tls: Tls,
    pub(super) logins: Logins,
    /// The address of the token endpoint, from the discovery document.
    pub(super) discovered: tokio::sync::OnceCell<url::Url>,
    pub(super) clients: Clients,
    pub(super) preflights: Preflights,
    /// Held while a large response is redacted.
    pub(super) large: Semaphore,
    sent: AtomicU32,
    exchanges: AtomicU32,
}

impl Prober {
    /// Returns a prober whose last probe ends at `deadline`. It trusts Mozilla's root certificates, those of the
    /// machine and those of the target, and reads them for the first call with TLS.
    ///
    /// # Errors
    /// When TLS cannot be set up, or a certificate cannot be read. A machine without a certificate store is not an error.
    pub fn new(
        target: Arc<Target>,
        credentials: Arc<dyn Credentials>,
        redact: Arc<dyn Redact>,
        deadline: Instant,
    ) -> Result<Self, SetupError> {
        let tls = Tls::new(&target.access, &|host| credentials.client_key(host))?;
        Ok(Self::with_tls(target, credentials, redact, deadline, tls))
    }

    pub(super) fn with_tls(
        target: Arc<Target>,
        credentials: Arc<dyn Credentials>,
        redact: Arc<dyn Redact>,
        run_end: Instant,
        tls: Tls,
    ) -> Self {
        let pace = Pace::per_minute(target.budget.requests_per_minute);
        #[cfg(unix)]
        let pace = pace.shared(SharedRate::of(&target));
        let (sent, exchanges, hangs, logins, discovered, clients, preflights) = Default::default();
        Self(Arc::new(Shared {
            target,
            credentials,
            redact,
            run_end,
            pace,
            hangs,
            tls,
            clients,
            logins,
            preflights,
            large: Semaphore::new(AT_ONCE),
            discovered,
            sent,
            exchanges,
        }))
    }

    /// Returns a new session with its own cookie jar.
    #[must_use]
    pub fn session(&self) -> Session {
        Session::new(Arc::clone(&self.0))
    }

    /// Returns the time in which the request rate held at least one request back.
    #[must_use]
    pub fn held_back(&self) -> Duration {
        self.0.pace.held()
    }

    /// Returns when the run ends.
    #[must_use]
    pub fn run_end(&self) -> Instant {
        self.0.run_end
    }

    /// Returns how many requests were sent so far, including those to an issuer endpoint.
    #[must_use]
    pub fn sent(&self) -> u32 {
        self.0.sent.load(Ordering::Relaxed)
    }
}

impl Shared {
    /// Waits until the request rate allows one more request, and counts it. Returns `false` if the run ends before
    /// that.
    pub(super) async fn admit(&self) -> bool {
        let Some(send_at) = self.pace.reserve(Instant::now(), self.run_end) else { return false };
        // A timer rounds up to the next millisecond.
        if send_at > Instant::now() {
            tokio::time::sleep_until(send_at).await;
        }
        if Instant::now() >= self.run_end {
            return false;
        }
        self.sent.fetch_add(1, Ordering::Relaxed);
        true
    }

    /// Returns the ordinal of the next exchange, from 1.
    pub(super) fn next_id(&self) -> u32 {
        self.exchanges.fetch_add(1, Ordering::Relaxed) + 1
    }
}
