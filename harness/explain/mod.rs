//! `fivewhys explain`: the verdict that recorded evidence allows. Sends nothing.
//!
//! Start at [`Pieces::sort`], then [`Pieces::explain`].
//!
//! - `pieces`: which kind of evidence each file is, by its content
//! - `system`: a target for a recording that comes without one: services, endpoints and their roles
//! - `calls`: recorded requests as the steps of a run
//! - `logged`: requests that only a log shows
//! - `timeline`: when it began, and what changed
//! - `assumed.toml`: the words by which services and variables are recognised
//!
//! Every kind becomes what a run would have kept, and `run::merge` diagnoses it.
//!
//! Invariant: this folder never touches the network, and never compares: `diagnose` does.

mod calls;
mod logged;
mod pieces;
mod system;
mod timeline;

use std::sync::Arc;

use thiserror::Error;

pub(crate) use pieces::{Piece, Pieces};
#[cfg(feature = "twin")]
pub(crate) use system::endpoint_id;

use crate::config::Target;
use crate::diagnose::Catalogue;
use crate::evidence::{Evidence, Supplied, SuppliedError};
use crate::har::HarError;
#[cfg(feature = "twin")]
use crate::har::Recorded;
use crate::redact::Redactor;
use crate::report::{Explained, ReadError, Report};
use crate::run::{self, ByHand, Conduct, MergeError, NamedReport};

/// Why evidence cannot be explained.
#[derive(Debug, Error, miette::Diagnostic)]
pub(crate) enum ExplainError {
    /// A HAR file cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Har(#[from] HarError),
    /// A report cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Report(#[from] ReadError),
    /// A manifest or a log cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Supplied(#[from] SuppliedError),
    /// The reports do not belong together.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Merge(#[from] MergeError),
    /// No file shows a call.
    #[error("this evidence shows no call: {found}")]
    #[diagnostic(
        code(fivewhys::explain::no_call),
        help(
            "add a HAR file or a request log of the time in which a call failed; to check manifests alone, use `fivewhys preflight`"
        )
    )]
    NoCall {
        /// What was read.
        found: String,
    },
}

/// Makes a target of a recording alone: servers, endpoints and their roles.
#[cfg(feature = "twin")]
pub(crate) fn described(recorded: &[Recorded]) -> Target {
    let pieces = Pieces { recorded: recorded.to_vec(), ..Pieces::default() };
    let mut target = system::target(&pieces, &mut Vec::new());
    system::add_endpoints(&mut target, recorded);
    target
}

/// Recorded evidence, sorted by kind and ready to be diagnosed.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) target: Target,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) redactor: Redactor,
}

impl Pieces {
    /// Diagnoses the evidence. Without a target, services and roles follow from the recording.
    ///
    /// # Errors
    /// When a file cannot be read, or no file shows a call.
    pub(crate) async fn explain(
        self,
        target: Option<Target>,
        catalogue: Arc<Catalogue>,
        redactor: Redactor,
    ) -> Result<Report, ExplainError> {
        let mut assumptions = Vec::new();
        let mut target = match target {
            Some(target) => target,
            None => system::target(&self, &mut assumptions),
        };
        let supplied = self.supplied(&target)?;
        let mut evidence = Evidence::default();
        supplied.lay_manifests_over(&mut evidence);
        supplied.add_log_to(&mut evidence, &target, &|text| redactor.clean(text));
        let mut recorded = self.recorded;
        if recorded.is_empty() && self.reports.is_empty() {
            recorded = logged::calls(&evidence, &target);
            assumptions.extend(logged::assumption(recorded.len()));
        }
        let found = format!("{} recorded calls, {} log entries", recorded.len(), evidence.log.len());
        system::add_endpoints(&mut target, &recorded);
        let mut parts = self.reports;
        parts.extend(calls::part(&recorded, &target));
        if parts.is_empty() {
            return Err(ExplainError::NoCall { found });
        }
        let timeline = timeline::of(&parts, &evidence);
        let mut report = merged(Case { target, catalogue, redactor }, parts, supplied).await?;
        assumptions.extend(self.notes);
        report.explained = Some(Explained { timeline, assumptions });
        Ok(report)
    }
}

async fn merged(case: Case, parts: Vec<NamedReport>, supplied: Supplied) -> Result<Report, MergeError> {
    let run = run::Smoke {
        target: Arc::new(case.target),
        scenarios: Vec::new(),
        catalogue: case.catalogue,
        deployed: Vec::new(),
        redactor: case.redactor,
        conduct: Conduct::default(),
    };
    run::merge(run, parts, &ByHand { supplied, may_run: None }).await
}
