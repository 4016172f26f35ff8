//! Two faults at once.

use std::collections::BTreeSet;

use crate::diagnose::infer::candidate::{Candidate, Compared, PairScore};

/// Two faults that can be present together.
#[derive(Debug)]
pub(crate) struct Pair<'w, 'a> {
    pub(crate) faults: [PairFault<'w, 'a>; 2],
    /// The exchanges that one of them predicts.
    pub(crate) explains: BTreeSet<u32>,
}

/// One fault of a pair.
#[derive(Debug)]
pub(crate) struct PairFault<'w, 'a> {
    pub(crate) candidate: &'w Candidate<'a>,
    /// The failures that it predicts.
    pub(crate) explains: BTreeSet<u32>,
    /// Whether it predicts a failure that the other fault does not.
    pub(crate) is_needed: bool,
}

impl<'w, 'a> Pair<'w, 'a> {
    pub(crate) fn of(scored: &PairScore, compared: &'w Compared<'a>) -> Self {
        let [one, other] = &scored.explains;
        let fault = |place: usize, own: &BTreeSet<u32>, other: &BTreeSet<u32>| PairFault {
            candidate: &compared.best[place],
            explains: own.clone(),
            is_needed: !own.is_subset(other),
        };
        Self {
            faults: [fault(scored.at[0], one, other), fault(scored.at[1], other, one)],
            explains: one.union(other).copied().collect(),
        }
    }
}
