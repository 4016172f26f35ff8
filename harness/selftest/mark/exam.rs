//! Makes the marks: every recording with every set of evidence, and which faults that evidence separates.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::selftest::mark::separable::{Stable, Traits};
use crate::selftest::mark::{Kind, Mark, Question, parallel};
use crate::selftest::subject::mask;
use crate::selftest::subject::mask::{EVIDENCE_SETS, View};
use crate::selftest::subject::recorded::Recorded;

use crate::terms::EvidenceSource;

/// Dialect and fault. The healthy system has an empty fault.
type Of = (String, String);

/// What all recordings of each fault have in common, with one set of evidence.
struct Known(BTreeMap<Of, Stable>);

impl Known {
    fn through(set: usize, singles: &[&Recorded]) -> Self {
        let traits = parallel::each(singles, |one| Traits::of(&one.view(set)));
        let mut by_fault: BTreeMap<Of, Vec<Traits>> = BTreeMap::new();
        for (one, traits) in singles.iter().zip(traits) {
            by_fault.entry((one.dialect(), one.faults().join(""))).or_default().push(traits);
        }
        Self(by_fault.into_iter().map(|(of, traits)| (of, Stable::of(&traits))).collect())
    }

    /// Reports whether each of two faults shows in the recording of the pair.
    fn both_show(&self, dialect: &str, seen: &Stable, faults: &[String]) -> bool {
        let of = |fault: &str| self.0.get(&(dialect.to_owned(), fault.to_owned()));
        let [Some(one), Some(other), Some(healthy)] = [of(&faults[0]), of(&faults[1]), of("")] else { return false };
        seen.shows(one, other, healthy) && seen.shows(other, one, healthy)
    }

    fn separates(&self, dialect: &str, one: &Stable, fault: &str) -> bool {
        let of = |fault: &str| self.0.get(&(dialect.to_owned(), fault.to_owned()));
        let unrecorded = Stable::default();
        of(fault).is_none_or(|other| one.differs(other, of("").unwrap_or(&unrecorded)).is_some())
    }

    /// Returns the faults that the evidence does not separate from this one, itself included.
    fn class(&self, dialect: &str, fault: &str) -> BTreeSet<String> {
        let Some(one) = self.0.get(&(dialect.to_owned(), fault.to_owned())) else { return BTreeSet::new() };
        let of_dialect = self.0.keys().filter(|(of, other)| of == dialect && !other.is_empty());
        let same = of_dialect.map(|(_, other)| other).filter(|other| !self.separates(dialect, one, other));
        same.cloned().chain([fault.to_owned()]).collect()
    }
}

/// Marks every recording of a fault with every set of evidence. Single faults without noise decide what the evidence separates.
pub(crate) fn marks(recorded: &[Arc<Recorded>]) -> Vec<Mark> {
    let all = || recorded.iter().map(|one| &**one);
    let injectable: BTreeSet<String> = all().flat_map(Recorded::faults).collect();
    let singles: Vec<&Recorded> = all().filter(|one| one.subject.is_single()).collect();
    let faulty: Vec<&Recorded> = all().filter(|one| !one.subject.faults.is_empty()).collect();
    let mut marks = Vec::new();
    for (set, evidence_sources) in EVIDENCE_SETS.into_iter().enumerate() {
        let known = Known::through(set, &singles);
        marks.extend(parallel::each(&faulty, |one| {
            let view = one.view(set);
            let question = question(one, &view, evidence_sources, &known, &injectable);
            Mark::of(&view, one.replay(set), &question)
        }));
    }
    marks
}

fn question<'a>(
    one: &Recorded,
    view: &View,
    evidence_sources: &[EvidenceSource],
    known: &Known,
    injectable: &'a BTreeSet<String>,
) -> Question<'a> {
    let (faults, dialect) = (one.faults(), one.dialect());
    let (kind, class, both_show) = match faults.as_slice() {
        [fault] if one.subject.noise.is_some() => (Kind::Noisy, known.class(&dialect, fault), true),
        [fault] => (Kind::Single, known.class(&dialect, fault), true),
        several => {
            let seen = Stable::of(&[Traits::of(view)]);
            (Kind::Pair, BTreeSet::new(), known.both_show(&dialect, &seen, several))
        }
    };
    Question { kind, faults, dialect, evidence_sources: mask::name(evidence_sources), class, both_show, injectable }
}
