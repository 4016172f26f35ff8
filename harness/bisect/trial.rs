//! Tests a revision at the address of its tag. The revision gets no traffic, and the shares stay as they are.

use std::sync::Arc;

use serde::Serialize;

use super::change::percent;
use super::tags::Address;
use crate::config::Target;
use crate::diagnose::{Catalogue, Cause};
use crate::evidence::Supplied;
use crate::redact::Redactor;
use crate::report::{Report, RunOutcome, Signal};
use crate::run::{self, ByHand, Conduct, Listener, RunError};
use crate::scenario::Scenario;

/// What every trial of one comparison shares.
pub(crate) struct Bench {
    /// The deployment, with the usual addresses.
    pub(crate) target: Target,
    pub(crate) scenarios: Vec<Scenario>,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) redactor: Redactor,
    pub(crate) conduct: Conduct,
}

/// How the smoke run of one revision ended.
#[derive(Debug, Serialize)]
pub(crate) struct Trial {
    /// Where it was tested.
    pub(super) addresses: Vec<Address>,
    pub(super) outcome: RunOutcome,
    /// The causes, best first.
    pub(super) causes: Vec<TrialCause>,
    /// The titles of the findings that fail the run.
    pub(super) findings: Vec<String>,
    /// The whole verdict, for the comparison.
    #[serde(skip)]
    pub(super) verdict: Vec<Cause>,
    /// The signal that ended the run early, with the exit code.
    #[serde(skip)]
    pub(crate) interrupted: Option<(Signal, u8)>,
}

/// A cause of a failed trial.
#[derive(Debug, Serialize)]
pub(super) struct TrialCause {
    pub(super) fault: String,
    pub(super) title: String,
    pub(super) share: f64,
}

impl TrialCause {
    fn of(cause: &Cause) -> Self {
        Self { fault: cause.fault.clone(), title: cause.title.clone(), share: cause.confidence }
    }
}

impl Bench {
    /// Runs the scenarios against a revision. `manifest` holds its manifests.
    ///
    /// # Errors
    /// When nothing could be tested.
    pub(crate) async fn test(
        &self,
        addresses: Vec<Address>,
        manifests: Supplied,
        tell: Listener<'_>,
    ) -> Result<Trial, RunError> {
        let mut target = self.target.clone();
        addresses.iter().for_each(|one| target.move_to(one.service, one.url.clone()));
        let run = run::Smoke {
            target: Arc::new(target),
            scenarios: self.scenarios.clone(),
            catalogue: Arc::clone(&self.catalogue),
            deployed: Vec::new(),
            redactor: self.redactor.clone(),
            conduct: self.conduct.clone(),
        };
        let by_hand = ByHand { supplied: manifests, may_run: None };
        Ok(Trial::of(addresses, run::smoke_by_hand(&run, &by_hand, tell).await?))
    }
}

impl Trial {
    fn of(addresses: Vec<Address>, report: Report) -> Self {
        Self {
            addresses,
            outcome: report.outcome,
            causes: report.causes.iter().map(TrialCause::of).collect(),
            findings: report.findings.into_iter().filter(|one| one.fails).map(|one| one.title).collect(),
            interrupted: report.interrupted.map(|signal| (signal, report.exit.code)),
            verdict: report.causes,
        }
    }

    fn failed(&self) -> bool {
        self.outcome == RunOutcome::Failed
    }

    /// Returns the faults that the run found, or else the findings that fail it.
    fn because(&self) -> String {
        match self.causes.as_slice() {
            [] => self.findings.join("; "),
            causes => causes.iter().map(|one| one.fault.as_str()).collect::<Vec<_>>().join(" and "),
        }
    }

    /// Returns one line for each service: `backend  orders-00007-abc  tag candidate  failed   …`.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        let causes = self.causes.iter().map(|one| format!("{}, {}: {}", one.fault, percent(one.share), one.title));
        let because: Vec<String> = causes.chain(self.findings.iter().cloned()).collect();
        let because = if because.is_empty() { String::new() } else { format!(" [{}]", because.join("; ")) };
        let outcome = if self.failed() { "failed" } else { "passed" };
        self.addresses.iter().map(move |Address { service, revision, tag, url }| {
            format!("{:<8} {revision} {outcome} at the tag {tag}, {url}{because}", service.as_str())
        })
    }
}

/// How both revisions did.
#[derive(Debug, Serialize)]
pub(crate) struct Trials {
    pub(crate) before: Trial,
    pub(crate) now: Trial,
}

impl Trials {
    /// Returns the causes that a change must explain: those that only the newer revision has. If it passed, those of the
    /// evidence in files.
    pub(crate) fn causes(&self, of_files: Option<Vec<Cause>>) -> Vec<Cause> {
        if !self.now.failed() {
            return of_files.unwrap_or_default();
        }
        let is_new = |cause: &&Cause| self.before.verdict.iter().all(|known| known.fault != cause.fault);
        self.now.verdict.iter().filter(is_new).cloned().collect()
    }

    /// Returns the verdict on trials that no change explains. `None`: the evidence in files decides.
    pub(super) fn unexplained(&self, evidence_shows_none: bool) -> Option<String> {
        let (before, now) = (&self.before, &self.now);
        match (before.failed(), now.failed()) {
            (_, false) if !evidence_shows_none => None,
            (false, false) => Some("no change explains a failure: both revisions passed the test".to_owned()),
            (true, false) => Some(format!(
                "no change explains a failure: the newer revision passed the test, and the older one failed ({})",
                before.because()
            )),
            (true, true) if before.because() == now.because() => {
                Some(format!("no change explains the failure: both revisions fail the test ({})", now.because()))
            }
            (_, true) if now.causes.is_empty() => {
                let because = now.because();
                Some(format!("no change explains the failure: the newer revision failed the test ({because})"))
            }
            (_, true) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn cause(fault: &str) -> Cause {
        serde_json::from_value(json!({
            "fault": fault, "title": "t", "hop": "backend", "certainty": "likely", "confidence": 0.75,
            "explains": ["s/1"], "alternatives": [], "whys": [], "ruled_out": [], "involves": [],
        }))
        .expect("a cause")
    }

    /// A trial that failed with this fault, or passed.
    fn trial(fault: Option<&str>) -> Trial {
        let verdict: Vec<Cause> = fault.into_iter().map(cause).collect();
        Trial {
            addresses: Vec::new(),
            outcome: if fault.is_some() { RunOutcome::Failed } else { RunOutcome::Passed },
            causes: verdict.iter().map(TrialCause::of).collect(),
            findings: Vec::new(),
            interrupted: None,
            verdict,
        }
    }

    #[rstest]
    #[case::a_new_failure(None, Some("a/b"), None, &["a/b"], None)]
    #[case::another_failure(Some("a/c"), Some("a/b"), None, &["a/b"], None)]
    #[case::the_same_failure(Some("a/b"), Some("a/b"), Some("a/d"), &[], Some("both revisions fail the test (a/b)"))]
    #[case::no_failure(None, None, None, &[], Some("both revisions passed the test"))]
    #[case::it_was_mended(Some("a/b"), None, None, &[], Some("the older one failed (a/b)"))]
    #[case::the_files_show_one(None, None, Some("a/d"), &["a/d"], None)]
    #[case::the_trial_outweighs_the_files(None, Some("a/b"), Some("a/d"), &["a/b"], None)]
    fn a_change_must_explain_what_only_the_newer_revision_has(
        #[case] before: Option<&str>,
        #[case] now: Option<&str>,
        #[case] of_files: Option<&str>,
        #[case] left: &[&str],
        #[case] says: Option<&str>,
    ) {
        let trials = Trials { before: trial(before), now: trial(now) };
        let causes = trials.causes(of_files.map(|fault| vec![cause(fault)]));
        assert_eq!(causes.iter().map(|one| one.fault.as_str()).collect::<Vec<_>>(), left);
        let found = trials.unexplained(causes.is_empty());
        assert_eq!(found.is_some(), says.is_some(), "{found:?}");
        assert!(found.unwrap_or_default().contains(says.unwrap_or_default()));
    }
}
