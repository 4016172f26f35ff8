//! A twin in this process, and a target that points at it.

use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use fivewhys::internal::config::{Overrides, Target, TargetFile};
use fivewhys::internal::diagnose::Catalogue;
use fivewhys::internal::redact::Redactor;
use fivewhys::internal::report::Report;
use fivewhys::internal::run;
use fivewhys::internal::scenario::Scenario;
use fivewhys::internal::terms::EvidenceSource;
use fivewhys_mocks::{Dialect, Fault, Noise, Twin, TwinBuilder, UnknownFault};

/// A fault as the tests inject it: `auth/down`, or `backend-auth/service-secret-missing without startup validation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Injected {
    pub(crate) fault: Fault,
    pub(crate) startup_validation: bool,
}

impl Injected {
    /// What follows a fault's id where the backend's startup validation is off.
    pub(crate) const STARTED_ANYWAY: &str = " without startup validation";
}

impl FromStr for Injected {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let id = text.strip_suffix(Self::STARTED_ANYWAY);
        Ok(Self { fault: id.unwrap_or(text).parse()?, startup_validation: id.is_none() })
    }
}

/// The target `offline`. It is read once for all tests.
static OFFLINE: LazyLock<Target> = LazyLock::new(|| {
    let file = TargetFile::embedded().expect("the shipped targets are in order");
    file.resolve(Some("offline"), &Overrides::default()).expect("`offline` resolves")
});

/// A running twin with its target.
pub(crate) struct Bench {
    pub(crate) twin: Twin,
    pub(crate) target: Target,
}

impl Bench {
    /// Boots a twin with one fault, or none.
    pub(crate) async fn boot(dialect: Dialect, injected: Option<Injected>) -> Self {
        let faults: Vec<Fault> = injected.iter().map(|injected| injected.fault).collect();
        Self::boot_with(dialect, &faults, injected.is_none_or(|injected| injected.startup_validation)).await
    }

    /// Boots a twin with any faults.
    pub(crate) async fn boot_with(dialect: Dialect, faults: &[Fault], startup_validation: bool) -> Self {
        let builder = Twin::builder().dialect(dialect).faults(faults.iter().copied());
        Self::at(builder.startup_validation(startup_validation)).await
    }

    /// Boots the twin that this builder describes.
    pub(crate) async fn at(builder: TwinBuilder) -> Self {
        let twin = builder.start().await.expect("the twin boots");
        let mut target = OFFLINE.clone();
        target.attach(fivewhys::internal::coordinates(&twin).expect("the twin has addresses"));
        Self { twin, target }
    }

    /// Boots a healthy twin with this noise.
    pub(crate) async fn boot_noisy(dialect: Dialect, noise: Noise) -> Self {
        Self::at(Twin::builder().dialect(dialect).noise(noise)).await
    }

    /// Keeps only this evidence open.
    pub(crate) fn with_evidence_sources(mut self, evidence_sources: &[EvidenceSource]) -> Self {
        self.target.close_evidence_sources_except(evidence_sources);
        self
    }

    /// Drives these scenarios once.
    pub(crate) async fn smoke(&self, scenarios: &[Scenario]) -> Report {
        Self::smoke_on(self.target.clone(), scenarios).await
    }

    /// Drives these scenarios once against a target.
    pub(crate) async fn smoke_on(target: Target, scenarios: &[Scenario]) -> Report {
        let run = run::Smoke {
            target: Arc::new(target),
            scenarios: scenarios.to_vec(),
            catalogue: Catalogue::shipped_shared(),
            deployed: Vec::new(),
            redactor: Redactor::new(),
            conduct: fivewhys::internal::run::Conduct::default(),
        };
        run::smoke(&run, &|_| {}).await.expect("something is tested")
    }
}
