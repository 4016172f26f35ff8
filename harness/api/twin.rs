//! The offline twin, as a user's tests boot it.

use fivewhys_mocks::{Dialect, Fault};

use super::{Error, Target};
use crate::config::{Overrides, TargetFile};
use crate::twin::coordinates;

/// A small system on loopback: an edge, a backend and an auth service, with faults injected at their cause.
///
/// The twin stops when it is dropped.
///
/// # Example
/// ```
/// # #[tokio::main]
/// # async fn main() -> Result<(), fivewhys::Error> {
/// let twin = fivewhys::Twin::builder().start().await?;
/// let report = fivewhys::Smoke::new(twin.target()).scenario(fivewhys::Scenario::shipped("health")?).run().await?;
/// assert!(report.passed(), "{report}");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Twin {
    target: Target,
    // Dropped last: the twin stops with it.
    _running: fivewhys_mocks::Twin,
}

/// How a [`Twin`] behaves.
///
/// # Example
/// ```
/// let builder = fivewhys::Twin::builder().fault("auth/down").dialect("observed");
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "a twin does not start until `start` is called"]
pub struct TwinBuilder {
    faults: Vec<String>,
    dialect: Option<String>,
}

impl Twin {
    /// Returns the builder of a healthy twin.
    ///
    /// # Example
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), fivewhys::Error> {
    /// let twin = fivewhys::Twin::builder().start().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder() -> TwinBuilder {
        TwinBuilder::default()
    }

    /// Returns a target that points at this twin, with all evidence granted.
    ///
    /// # Example
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), fivewhys::Error> {
    /// let twin = fivewhys::Twin::builder().start().await?;
    /// assert_eq!(twin.target().name(), "offline");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn target(&self) -> Target {
        self.target.clone()
    }
}

impl TwinBuilder {
    /// Injects a fault by its id, for example `auth/down`. Several faults act together.
    ///
    /// # Example
    /// ```
    /// let builder = fivewhys::Twin::builder().fault("auth/down").fault("data/redis-down");
    /// ```
    pub fn fault(mut self, id: &str) -> Self {
        self.faults.push(id.to_owned());
        self
    }

    /// Chooses how the services phrase their answers: `documented` (the default), `observed`, `modern` or `opaque`.
    ///
    /// # Example
    /// ```
    /// let builder = fivewhys::Twin::builder().dialect("opaque");
    /// ```
    pub fn dialect(mut self, id: &str) -> Self {
        self.dialect = Some(id.to_owned());
        self
    }

    /// Boots the twin. Must be called in a tokio runtime.
    ///
    /// # Errors
    /// When a fault or dialect is not known, or no port on loopback is free.
    ///
    /// # Example
    /// ```
    /// # #[tokio::main]
    /// # async fn main() {
    /// let error = fivewhys::Twin::builder().fault("no/such-fault").start().await.unwrap_err();
    /// assert!(error.to_string().contains("no/such-fault"));
    /// # }
    /// ```
    pub async fn start(self) -> Result<Twin, Error> {
        let faults: Vec<Fault> =
            self.faults.iter().map(|id| id.parse()).collect::<Result<_, _>>().map_err(Error::message)?;
        let dialect: Dialect = self.dialect.map_or(Ok(Dialect::default()), |id| id.parse()).map_err(Error::message)?;
        let running = fivewhys_mocks::Twin::builder().dialect(dialect).faults(faults).start().await;
        let running = running.map_err(Error::message)?;
        let mut target = TargetFile::embedded()?.resolve(Some("offline"), &Overrides::default())?;
        target.attach(coordinates(&running).map_err(Error::message)?);
        Ok(Twin { target: Target(target), _running: running })
    }
}
