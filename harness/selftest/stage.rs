//! Boots a twin for each subject, side by side, and records it. Sits in `selftest`; the only file of it that boots anything.

use std::num::NonZero;
use std::sync::Arc;

use fivewhys_mocks::Twin;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::SelftestError;
use super::recorded::Recorded;
use super::subject::Subject;
use crate::cli::coordinates;
use crate::diagnose::Catalogue;
use crate::redact::Redactor;
use crate::run::{self, Smoke};
use crate::scenario::Scenario;
use crate::target::Target;

/// Twins that run at the same time, for each processor: most of a run is waiting, and more of them would wait for each other.
const AT_ONCE: usize = 4;

/// What every twin is driven with.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    /// A target with `twin = true`.
    pub target: Target,
    /// What is driven.
    pub scenarios: Vec<Scenario>,
}

impl Stage {
    /// Records every subject, in their order. `done` is told after each.
    pub(super) async fn record(
        &self,
        subjects: Vec<Subject>,
        done: impl Fn(usize) + Send + Sync,
    ) -> Result<Vec<Recorded>, SelftestError> {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let free = Arc::new(Semaphore::new(cores * AT_ONCE));
        let mut tasks = JoinSet::new();
        for (at, subject) in subjects.into_iter().enumerate() {
            let (stage, free) = (self.clone(), Arc::clone(&free));
            tasks.spawn(async move {
                let _place = free.acquire_owned().await;
                (at, stage.record_one(subject).await)
            });
        }
        let mut all = Vec::new();
        while let Some(ended) = tasks.join_next().await {
            let (at, recorded) = ended.map_err(|error| SelftestError::Twin(error.to_string()))?;
            all.push((at, recorded?));
            done(all.len());
        }
        all.sort_by_key(|(at, _)| *at);
        Ok(all.into_iter().map(|(_, recorded)| recorded).collect())
    }

    async fn record_one(&self, subject: Subject) -> Result<Recorded, SelftestError> {
        let (twin, target) = self.boot(&subject).await?;
        let run = Smoke {
            target: Arc::new(target.clone()),
            scenarios: self.scenarios.clone(),
            catalogue: Catalogue::shipped_shared(),
            deployed: Vec::new(),
            redactor: Redactor::new(),
        };
        let recording = run::record(&run).await;
        twin.shutdown().await;
        Ok(Recorded { subject, target, recording: recording? })
    }

    async fn boot(&self, subject: &Subject) -> Result<(Twin, Target), SelftestError> {
        let cannot = |error: String| SelftestError::Twin(error);
        let builder = Twin::builder().dialect(subject.dialect).faults(subject.faults.iter().copied());
        let twin = builder.start().await.map_err(|error| cannot(error.to_string()))?;
        let mut target = self.target.clone();
        target.attach(coordinates(&twin).map_err(|error| cannot(error.to_string()))?);
        Ok((twin, target))
    }
}
