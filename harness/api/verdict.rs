//! What a run concluded.

use crate::diagnose::Certainty;
use crate::diagnose::{self, Hops};
use crate::terms::Hop;

/// A cause of failures, or the best candidate for it.
///
/// # Example
/// ```
/// fn name(cause: &fivewhys::Cause) -> String {
///     format!("{} at {} ({})", cause.fault, cause.hop, cause.certainty)
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Cause {
    /// The fault's id, for example `auth/down`, or `unknown@HOP`. The best candidate while the verdict is ambiguous.
    pub fault: String,
    /// The fault in one line.
    pub title: String,
    /// The hop at which all candidates lie. [`Hop::Unknown`] where they lie at different hops.
    pub hop: Hop,
    /// How sure the verdict is.
    pub certainty: Certainty,
    /// The probability of `fault` among all faults of the catalogue, from 0 to 1.
    pub confidence: f64,
    /// The failed steps that the cause explains, each as `scenario/step`.
    pub explains: Vec<String>,
    /// The ids of the other candidates, the best first.
    pub alternatives: Vec<String>,
    /// The chain of whys, the symptom first.
    pub whys: Vec<String>,
    /// What repairs it. Only for a cause that is likely or certain.
    pub fix: Option<String>,
}

/// Something that is wrong although no step failed for it, or a negative control that was accepted.
///
/// # Example
/// ```
/// fn line(finding: &fivewhys::Finding) -> String {
///     format!("{}: {}", finding.id, finding.title)
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Its id, for example `auth-bypass`.
    pub id: String,
    /// The finding in one line.
    pub title: String,
    /// Whether it fails the run.
    pub fails: bool,
}

impl From<&diagnose::Cause> for Cause {
    fn from(cause: &diagnose::Cause) -> Self {
        Self {
            fault: cause.fault.clone(),
            title: cause.title.clone(),
            hop: match cause.hop {
                Hops::One(hop) => hop,
                Hops::Several(_) => Hop::Unknown,
            },
            certainty: cause.certainty,
            confidence: cause.confidence,
            explains: cause.explains.clone(),
            alternatives: cause.alternatives.iter().map(|other| other.fault.clone()).collect(),
            whys: cause.whys.iter().map(|why| why.claim.clone()).collect(),
            fix: cause.fix.clone(),
        }
    }
}

impl From<&diagnose::Finding> for Finding {
    fn from(finding: &diagnose::Finding) -> Self {
        Self { id: finding.id.clone(), title: finding.title.clone(), fails: finding.fails }
    }
}
