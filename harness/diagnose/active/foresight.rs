//! How probes that were not sent yet would end under each candidate, by the model of the path.

use fivewhys_path::{Outlook, Topology};

use crate::diagnose::belief::{Asked, outlook, topology};
use crate::diagnose::infer::candidate::Candidate;
use crate::diagnose::infer::case::Case;
use crate::observe::Outcome;
use crate::probe::ProbeKey;

/// What the model foresees for the probes of one case.
pub(crate) struct Foresight<'c, 'a> {
    case: &'c Case<'a>,
    topology: Topology,
}

/// A result with a smaller probability is not expected.
const EXPECTED: f64 = 0.02;
/// With this probability a probe surely works.
const SURELY: f64 = 0.95;

impl<'c, 'a> Foresight<'c, 'a> {
    pub(crate) fn of(case: &'c Case<'a>) -> Self {
        Self { case, topology: topology(case.target) }
    }

    pub(crate) const fn case(&self) -> &'c Case<'a> {
        self.case
    }

    /// Returns how the probe would end under this candidate. `None`: the probe takes no part in the diagnosis.
    pub(crate) fn outlook(&self, candidate: &Candidate<'_>, key: &ProbeKey) -> Option<Outlook> {
        let asked = Asked::of(key, self.case.target, self.case.user())?;
        Some(outlook(candidate.fault, asked, &self.topology))
    }

    /// Reports whether the probe works although the fault is there.
    pub(crate) fn surely_works(&self, candidate: &Candidate<'_>, key: &ProbeKey) -> bool {
        self.outlook(candidate, key).is_some_and(|outlook| outlook.success() >= SURELY)
    }

    /// Reports whether the probe surely works under this candidate, or surely fails: the other would refute it.
    pub(crate) fn is_sharp(&self, candidate: &Candidate<'_>, key: &ProbeKey) -> bool {
        let is_one = |outlook: Outlook| {
            let works = outlook.success();
            works >= SURELY || works <= 1.0 - SURELY
        };
        self.outlook(candidate, key).is_some_and(is_one)
    }

    /// Reports whether the probe may work although the fault is there.
    pub(crate) fn may_work(&self, candidate: &Candidate<'_>, key: &ProbeKey) -> bool {
        self.outlook(candidate, key).is_some_and(|outlook| outlook.success() >= EXPECTED)
    }

    /// Reports whether the probe may end in one of these ways.
    pub(crate) fn may_end(&self, candidate: &Candidate<'_>, key: &ProbeKey, results: &[Outcome]) -> bool {
        let expected = |outlook: Outlook| -> f64 {
            let wanted = |result| results.iter().any(|one| fivewhys_path::Ended::from(*one) == result);
            outlook.results().filter(|(result, _)| wanted(*result)).map(|(_, share)| share).sum()
        };
        self.outlook(candidate, key).is_some_and(|outlook| expected(outlook) >= EXPECTED)
    }
}
