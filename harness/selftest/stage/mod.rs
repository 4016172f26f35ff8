//! Starts a twin for each subject and runs against it.
//!
//! Start at [`Stage`].
//!
//! - `side_by_side`: many runs at the same time
//! - `kept`: recordings in files
//! - `healthy`: runs against a healthy system
//! - `error`: why an exam could not take place
//!
//! Invariant: this is the only folder of `selftest` that starts a twin.

pub(crate) mod error;
pub(crate) mod healthy;
pub(crate) mod kept;
pub(crate) mod side_by_side;

use std::sync::Arc;
use std::time::{Duration, Instant};

use fivewhys_mocks::{Noise, Twin};

use crate::config::{Budget, Target};
use crate::diagnose::Catalogue;
use crate::redact::Redactor;
use crate::run;
use crate::run::Smoke;
use crate::scenario::Scenario;
use crate::selftest::stage::error::SelftestError;
use crate::selftest::stage::healthy::Healthy;
use crate::selftest::stage::kept::Addresses;
use crate::selftest::subject::Subject;
use crate::selftest::subject::recorded::Recorded;
use crate::terms::EvidenceSource;
use crate::twin::coordinates;

/// Longer than the twin's services wait for one another (3 s). So the same component gives up first as with the usual 15 s.
const PROBE: Duration = Duration::from_secs(4);
/// In the usual proportion to [`PROBE`].
const RUN: Duration = Duration::from_secs(32);

/// What every run uses.
#[derive(Debug)]
pub(crate) struct Stage {
    /// A target with `twin = true`.
    pub(crate) target: Target,
    /// The scenarios to run.
    pub(crate) scenarios: Vec<Scenario>,
}

impl Stage {
    /// Records everything that can be observed of a subject.
    pub(crate) async fn record(self: Arc<Self>, subject: Subject) -> Result<Recorded, SelftestError> {
        let start = Instant::now();
        let (twin, target) = self.boot(&subject).await?;
        let recording = run::record(&self.run(target.clone())).await;
        twin.shutdown().await;
        Ok(Recorded { subject, target, recording: recording?, took: start.elapsed(), replays: Default::default() })
    }

    /// Runs against a healthy twin, with some evidence.
    pub(crate) async fn pass(
        self: Arc<Self>,
        subject: Subject,
        evidence_sources: &[EvidenceSource],
    ) -> Result<Healthy, SelftestError> {
        let (twin, mut target) = self.boot(&subject).await?;
        target.close_evidence_sources_except(evidence_sources);
        let report = run::smoke(&self.run(target), &|_| {}).await;
        twin.shutdown().await;
        Ok(Healthy::of(&report?, &subject, evidence_sources))
    }

    fn run(&self, target: Target) -> Smoke {
        let (target, scenarios) = (Arc::new(target), self.scenarios.clone());
        Smoke {
            target,
            scenarios,
            catalogue: Catalogue::shipped_shared(),
            deployed: Vec::new(),
            redactor: Redactor::new(),
            conduct: crate::run::Conduct::default(),
        }
    }

    /// Returns a target with the addresses that the twin of a kept subject had.
    pub(crate) async fn restore(&self, subject: &Subject, addresses: &Addresses) -> Result<Target, SelftestError> {
        let (twin, mut target) = self.boot(subject).await?;
        twin.shutdown().await;
        addresses.clone().give_to(&mut target);
        Ok(target)
    }

    async fn boot(&self, subject: &Subject) -> Result<(Twin, Target), SelftestError> {
        let cannot = |error: String| SelftestError::Twin(error);
        let builder = Twin::builder().dialect(subject.dialect).faults(subject.faults.iter().copied());
        let builder = match subject.noise {
            Some(seed) => builder.noise(Noise::all(seed)),
            None => builder,
        };
        let twin = builder.start().await.map_err(|error| cannot(error.to_string()))?;
        let mut target = self.target.clone();
        target.budget = Budget { probe: PROBE, connect: PROBE, run: RUN, ..target.budget };
        target.attach(coordinates(&twin).map_err(|error| cannot(error.to_string()))?);
        Ok((twin, target))
    }
}
