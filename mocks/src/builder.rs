//! How a twin is asked for: dialect, faults, noise, port.

use crate::boot;
use crate::{BootError, Dialect, Fault, Noise, Signing, Twin};

/// Collects what the twin shall be; [`TwinBuilder::start`] boots it.
#[derive(Clone, Debug)]
pub struct TwinBuilder {
    pub(crate) dialect: Dialect,
    pub(crate) faults: Vec<Fault>,
    pub(crate) startup_validation: bool,
    pub(crate) noise: Noise,
    pub(crate) port: u16,
    pub(crate) signing: Signing,
}

impl Default for TwinBuilder {
    fn default() -> Self {
        Self {
            dialect: Dialect::default(),
            faults: Vec::new(),
            startup_validation: true,
            noise: Noise::default(),
            port: 0,
            signing: Signing::default(),
        }
    }
}

impl TwinBuilder {
    /// How the services phrase their answers; `documented` unless told.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Adds one fault.
    #[must_use]
    pub fn fault(self, fault: Fault) -> Self {
        self.faults([fault])
    }

    /// Adds several faults; they act together.
    #[must_use]
    pub fn faults(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.faults.extend(faults);
        self
    }

    /// The manifest's `STARTUP_VALIDATION`: whether the backend refuses to start without its secrets. On unless told.
    #[must_use]
    pub fn startup_validation(mut self, on: bool) -> Self {
        self.startup_validation = on;
        self
    }

    /// What the twin does to its callers without any fault; nothing unless told.
    #[must_use]
    pub fn noise(mut self, noise: Noise) -> Self {
        self.noise = noise;
        self
    }

    /// How tokens are signed; HS256 unless told.
    #[must_use]
    pub fn signing(mut self, signing: Signing) -> Self {
        self.signing = signing;
        self
    }

    /// The edge's port on 127.0.0.1; 0 (the default) takes any free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Boots the twin. A fault that keeps a service from starting is not an error: the twin runs without it.
    ///
    /// # Errors
    /// When a port cannot be bound, or the backend's HTTP client cannot be built.
    pub async fn start(self) -> Result<Twin, BootError> {
        boot::boot(self).await
    }
}
