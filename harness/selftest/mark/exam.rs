//! From recordings to marks: every recording through every set of evidence, and which faults that evidence tell apart. Sits in `selftest`.

use std::collections::{BTreeMap, BTreeSet};

use crate::selftest::mark::separable::{Stable, Traits};
use crate::selftest::mark::{Kind, Mark, Question, parallel};
use crate::selftest::subject::mask;
use crate::selftest::subject::mask::{EVIDENCE_SETS, View};
use crate::selftest::subject::recorded::Recorded;

use crate::terms::EvidenceSource;

/// Dialect and fault; the healthy system has the empty name.
type Of = (String, String);

/// What all recordings of each fault have in common, through one set of evidence.
struct Known(BTreeMap<Of, Stable>);

impl Known {
    fn through(evidence_sources: &[EvidenceSource], singles: &[&Recorded]) -> Self {
        let traits =
            parallel::each(singles, |one| Traits::of(&View::through(&one.recording, &one.target, evidence_sources)));
        let mut by_fault: BTreeMap<Of, Vec<Traits>> = BTreeMap::new();
        for (one, traits) in singles.iter().zip(traits) {
            by_fault.entry((one.dialect(), one.faults().join(""))).or_default().push(traits);
        }
        Self(by_fault.into_iter().map(|(of, traits)| (of, Stable::of(&traits))).collect())
    }

    /// Whether each of two faults shows in what was seen of both together.
    fn both_show(&self, dialect: &str, seen: &Stable, faults: &[String]) -> bool {
        let of = |fault: &str| self.0.get(&(dialect.to_owned(), fault.to_owned()));
        let [Some(one), Some(other), Some(healthy)] = [of(&faults[0]), of(&faults[1]), of("")] else { return false };
        seen.shows(one, other, healthy) && seen.shows(other, one, healthy)
    }

    fn tells_apart(&self, dialect: &str, one: &Stable, fault: &str) -> bool {
        let of = |fault: &str| self.0.get(&(dialect.to_owned(), fault.to_owned()));
        let nobody = Stable::default();
        of(fault).is_none_or(|other| one.differs(other, of("").unwrap_or(&nobody)).is_some())
    }

    /// The faults that nothing tells from this one, itself among them.
    fn class(&self, dialect: &str, fault: &str) -> BTreeSet<String> {
        let Some(one) = self.0.get(&(dialect.to_owned(), fault.to_owned())) else { return BTreeSet::new() };
        let of_dialect = self.0.keys().filter(|(of, other)| of == dialect && !other.is_empty());
        let same = of_dialect.map(|(_, other)| other).filter(|other| !self.tells_apart(dialect, one, other));
        same.cloned().chain([fault.to_owned()]).collect()
    }
}

/// Marks every faulty recording through every set of evidence. What evidence tell apart is learnt from single faults without noise alone.
pub(crate) fn marks(recorded: &[Recorded]) -> Vec<Mark> {
    let injectable: BTreeSet<String> = recorded.iter().flat_map(Recorded::faults).collect();
    let singles: Vec<&Recorded> = recorded.iter().filter(|one| one.subject.is_single()).collect();
    let faulty: Vec<&Recorded> = recorded.iter().filter(|one| !one.subject.faults.is_empty()).collect();
    let mut marks = Vec::new();
    for evidence_sources in EVIDENCE_SETS {
        let known = Known::through(evidence_sources, &singles);
        marks.extend(parallel::each(&faulty, |one| {
            let view = View::through(&one.recording, &one.target, evidence_sources);
            let question = question(one, &view, evidence_sources, &known, &injectable);
            Mark::of(&view, &question)
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
