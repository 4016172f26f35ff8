//! `fivewhys explain`: the verdict that recorded evidence allows. Sends nothing.
//!
//! Start at [`Pieces::sort`], then [`Pieces::explain`].
//!
//! - `pieces`: which kind of evidence each file is, by its content
//! - `system`: a target for a recording that comes without one: services, endpoints and their roles
//! - `calls`: recorded requests as the steps of a run
//! - `logged`: requests that only a log shows
//! - `present`: which entries of a log belong to the failure
//! - `manifests`: which manifest of a service is the current one
//! - `demo`: the incidents of `tests/incidents`, inside the program
//! - `expected`: what the verdict on an incident must be
//! - `timeline`: when it began, and what changed
//! - `assumed.toml`: the words by which services and variables are recognised
//!
//! Every kind becomes what a run would have kept, and `run::merge` diagnoses it.
//!
//! Invariant: this folder never touches the network, and never compares: `diagnose` does.

mod calls;
mod demo;
mod expected;
mod logged;
mod manifests;
mod pieces;
mod present;
mod system;
mod timeline;

use std::collections::BTreeMap;
use std::sync::Arc;

use thiserror::Error;

pub(crate) use demo::{DEMOS, Demo};
pub(crate) use expected::expected;
pub(crate) use pieces::{Piece, Pieces};
#[cfg(feature = "twin")]
pub(crate) use system::endpoint_id;

use crate::config::Target;
use crate::diagnose::Catalogue;
use crate::evidence::{Evidence, Supplied, SuppliedError};
use crate::har::HarError;
use crate::har::Recorded;
use crate::redact::Redactor;
use crate::report::{Explained, Kept, ReadError, Report};
use crate::run::{self, ByHand, Conduct, MergeError};

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
    /// A file cannot be read.
    #[error("cannot read {from}: {source}")]
    #[diagnostic(code(fivewhys::explain::unreadable))]
    Unreadable {
        /// The name of the file, or of standard input.
        from: String,
        /// The reason.
        source: std::io::Error,
    },
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
pub(crate) fn described(recorded: &[Recorded]) -> Target {
    let pieces = Pieces { recorded: recorded.to_vec(), ..Pieces::default() };
    let mut target = system::target(&pieces, &mut Vec::new());
    system::add_endpoints(&mut target, recorded);
    target
}

impl Pieces {
    /// Diagnoses the evidence. Without a target, services and roles follow from the recording.
    ///
    /// # Errors
    /// When a file cannot be read, or no file shows a call.
    pub(crate) async fn explain(
        mut self,
        target: Option<Target>,
        catalogue: Arc<Catalogue>,
        redactor: Redactor,
    ) -> Result<Report, ExplainError> {
        let mut assumptions = Vec::new();
        let mut target = match target {
            Some(target) => target,
            None => system::target(&self, &mut assumptions),
        };
        let mut manifests = manifests::sorted(&self.manifests, &target)?;
        self.add_logs(&mut manifests.current);
        let mut all = Evidence::default();
        manifests.current.lay_manifests_over(&mut all, &|text| redactor.clean(text));
        manifests.current.add_log_to(&mut all, &target, &|text| redactor.clean(text));
        let evidence = present::present(&all);
        let mut recorded = self.recorded;
        if recorded.is_empty() && self.reports.is_empty() {
            recorded = logged::calls(&evidence, &target);
            assumptions.extend(logged::assumption(recorded.len()));
            if let Some((call, says)) = logged::assumed(&evidence, &target).filter(|_| recorded.is_empty()) {
                recorded.push(call);
                assumptions.push(says);
            }
        }
        let found = format!("{} recorded calls, {} log entries", recorded.len(), all.log.len());
        system::add_endpoints(&mut target, &recorded);
        system::add_introspections(&mut target, logged::introspections(&evidence));
        target.evidence_sources.extend(manifests.current.evidence_sources());
        let mut parts = self.reports;
        if let Some(mut part) = calls::part(&recorded, &target) {
            // The diagnosis sees the entries that belong to the failure, and the timeline sees all.
            part.report.kept = Some(Kept { order: BTreeMap::new(), evidence, twin: None });
            manifests.current = Supplied::default();
            parts.push(part);
        }
        if parts.is_empty() {
            return Err(ExplainError::NoCall { found });
        }
        let timeline = timeline::of(&parts, &all, manifests.moments);
        let run = run::Smoke {
            target: Arc::new(target),
            scenarios: Vec::new(),
            catalogue,
            deployed: manifests.deployed,
            redactor,
            conduct: Conduct { previous: manifests.previous, ..Conduct::default() },
        };
        let mut report = run::merge(run, parts, &ByHand { supplied: manifests.current, may_run: None }).await?;
        assumptions.extend(self.notes);
        report.explained = Some(Explained { timeline, assumptions });
        Ok(report)
    }
}
