//! One run.

use std::sync::Arc;

use super::{Error, Report, Scenario, Target};
use crate::diagnose::Catalogue;
use crate::redact::Redactor;
use crate::run::{self, Conduct};

/// One run: drives scenarios against a target and, when a step fails, finds the cause.
///
/// # Example
/// ```
/// # #[cfg(feature = "twin")]
/// # #[tokio::main]
/// # async fn main() -> Result<(), fivewhys::Error> {
/// use fivewhys::{Hop, Scenario, Smoke, Twin};
///
/// let twin = Twin::builder().fault("backend-auth/service-secret-mismatch").start().await?;      // arrange
/// let report = Smoke::new(twin.target()).scenario(Scenario::shipped("chat-stream")?).run().await?; // act
/// assert_eq!(report.causes[0].hop, Hop::BackendAuth);                                            // assert
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "twin"))]
/// # fn main() {}
/// ```
#[derive(Debug, Clone)]
#[must_use = "a run does nothing until `run` is called"]
pub struct Smoke {
    target: Target,
    scenarios: Vec<Scenario>,
    deployed: Vec<(String, String)>,
    retries: u32,
}

impl Smoke {
    /// Prepares a run against a target. Without [`Smoke::scenario`] it drives all scenarios of the target.
    ///
    /// # Example
    /// ```
    /// # fn main() -> Result<(), fivewhys::Error> {
    /// let Some(target) = fivewhys::Target::from_env()? else { return Ok(()) };
    /// let smoke = fivewhys::Smoke::new(target).retries(1);
    /// # Ok(())
    /// # }
    /// ```
    pub const fn new(target: Target) -> Self {
        Self { target, scenarios: Vec::new(), deployed: Vec::new(), retries: 0 }
    }

    /// Adds a scenario. The run then drives only the scenarios that were added.
    ///
    /// # Example
    /// ```
    /// # fn main() -> Result<(), fivewhys::Error> {
    /// let Some(target) = fivewhys::Target::from_env()? else { return Ok(()) };
    /// let smoke = fivewhys::Smoke::new(target).scenario(fivewhys::Scenario::shipped("health")?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn scenario(mut self, scenario: Scenario) -> Self {
        self.scenarios.push(scenario);
        self
    }

    /// Says what was deployed just now: a service (`backend`, `auth`) and its revision. The report then advises whether to roll back.
    ///
    /// # Example
    /// ```
    /// # fn main() -> Result<(), fivewhys::Error> {
    /// let Some(target) = fivewhys::Target::from_env()? else { return Ok(()) };
    /// let smoke = fivewhys::Smoke::new(target).deployed("backend", "backend-00042-abc");
    /// # Ok(())
    /// # }
    /// ```
    pub fn deployed(mut self, service: &str, revision: &str) -> Self {
        self.deployed.push((service.to_owned(), revision.to_owned()));
        self
    }

    /// Repeats a step up to `times` times after a failure that may pass by itself: a lost connection, 429, 502 to 504. Default: 0.
    ///
    /// # Example
    /// ```
    /// # fn main() -> Result<(), fivewhys::Error> {
    /// let Some(target) = fivewhys::Target::from_env()? else { return Ok(()) };
    /// let smoke = fivewhys::Smoke::new(target).retries(2);
    /// # Ok(())
    /// # }
    /// ```
    pub const fn retries(mut self, times: u32) -> Self {
        self.retries = times;
        self
    }

    /// Runs. Ends within the target's `budget.run`. Must be called in a tokio runtime.
    ///
    /// # Errors
    /// When nothing could be tested: a secret is missing, or every step was skipped. What the system under test does is in the report.
    ///
    /// # Example
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), fivewhys::Error> {
    /// let Some(target) = fivewhys::Target::from_env()? else { return Ok(()) };
    /// let report = fivewhys::Smoke::new(target).run().await?;
    /// assert!(report.passed(), "{report}");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn run(self) -> Result<Report, Error> {
        let scenarios = if self.scenarios.is_empty() { self.target.scenarios()? } else { self.scenarios };
        let target = Arc::new(self.target.0);
        let redactor = Redactor::new();
        let run = run::Smoke {
            catalogue: Catalogue::with(&target.catalogue)?.fits(&target)?,
            target,
            scenarios: scenarios.into_iter().map(|scenario| scenario.0).collect(),
            deployed: self.deployed,
            redactor: redactor.clone(),
            conduct: Conduct { retries: self.retries, ..Conduct::default() },
        };
        let report = run::smoke(&run, &|_| {}).await?;
        Ok(Report::of(&report, &redactor))
    }
}
