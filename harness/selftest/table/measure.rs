//! What is measured over all marks, by the names that `bars.toml` uses.

use crate::selftest::mark::{Kind, Mark};
use crate::selftest::table::calibration::Calibration;
use crate::selftest::table::results::Results;

/// The dialect that has a bar of its own.
const OPAQUE: &str = "opaque";

/// A measure.
pub(crate) struct Measure {
    /// Its name in `bars.toml`.
    pub name: &'static str,
    /// What it counts, in one sentence.
    pub says: &'static str,
    /// Returns its value, or `None` if there was nothing to measure.
    pub of: fn(&Results) -> Option<f64>,
}

/// Every measure.
pub(crate) const MEASURES: [Measure; 17] = [
    Measure {
        name: "right hop, single faults",
        says: "single faults whose hop the evidence separates: the first cause lies at that hop",
        of: |all| share(&all.marks, |one| shown(one) && one.hop_separable(), |one| one.judgement.hop_right),
    },
    Measure {
        name: "right hop, with noise",
        says: "the same, with noise",
        of: |all| {
            let counts = |one: &Mark| one.kind == Kind::Noisy && one.visible && one.hop_separable();
            share(&all.marks, counts, |one| one.judgement.hop_right)
        },
    },
    Measure {
        name: "both hops right, pairs",
        says: "pairs in which both faults show, all evidence: each hop is the hop of a cause",
        of: |all| {
            share(
                &all.marks,
                |one| one.kind == Kind::Pair && one.visible && all_evidence_sources(one),
                |one| one.judgement.hop_right,
            )
        },
    },
    Measure {
        name: "cause first",
        says: "separable single faults, every dialect except opaque: the fault is the first candidate",
        of: |all| share(&all.marks, |one| separable(one) && one.dialect != OPAQUE, |one| one.judgement.right_at_1),
    },
    Measure {
        name: "cause first, opaque",
        says: "the same, in the dialect opaque",
        of: |all| share(&all.marks, |one| separable(one) && one.dialect == OPAQUE, |one| one.judgement.right_at_1),
    },
    Measure {
        name: "cause in the top 3",
        says: "separable single faults: the fault is among the first three candidates",
        of: |all| share(&all.marks, separable, |one| one.judgement.right_at_3),
    },
    Measure {
        name: "certain, all evidence",
        says: "separable single faults, all evidence: the fault is the first candidate, and certain",
        of: |all| share(&all.marks, |one| separable(one) && all_evidence_sources(one), is_certain_and_right),
    },
    Measure {
        name: "exact candidates, inseparable",
        says: "single faults that the evidence does not separate: the candidates are exactly the inseparable faults",
        of: |all| share(&all.marks, |one| shown(one) && !one.separable(), |one| one.judgement.set_exact),
    },
    Measure {
        name: "wrong and certain",
        says: "verdicts with a cause that is certain but was not injected",
        of: |all| (!all.marks.is_empty()).then(|| count(&all.marks, |one| one.judgement.wrong_and_certain()) as f64),
    },
    Measure {
        name: "expected calibration error",
        says: "candidates of visible single faults: how far mean confidence and share of injected faults lie apart, over five bands",
        of: |all| Calibration::of(&all.marks).error(),
    },
    Measure {
        name: "extra probes, mean",
        says: "probes that the diagnosis of a visible failure sent",
        of: |all| mean(all.marks.iter().filter(|one| one.visible).map(|one| one.asked as f64)),
    },
    Measure {
        name: "extra probes, share of all",
        says: "the same, as a share of all probes that it could have sent",
        of: |all| {
            let sum = |of: fn(&Mark) -> usize| all.marks.iter().filter(|one| one.visible).map(of).sum::<usize>() as f64;
            let every = sum(|one| one.every);
            (every > 0.0).then(|| sum(|one| one.asked) / every)
        },
    },
    Measure {
        name: "verdict CPU time, ms (99th percentile)",
        says: "CPU time of one verdict; 99 of 100 verdicts take no longer",
        of: |all| percentile(all.marks.iter().filter(|one| one.visible).map(|one| one.verdict_ms).collect(), 0.99),
    },
    Measure {
        name: "false alarms, with noise",
        says: "runs against a healthy twin with noise in which a cause is likely or certain",
        of: |all| accused(all, true),
    },
    Measure {
        name: "false alarms, without noise",
        says: "the same, without noise; a cause of any certainty counts",
        of: |all| accused(all, false),
    },
    Measure {
        name: "CPU seconds, quick",
        says: "CPU time of the whole exam",
        of: |all| (all.ran && all.quick).then_some(all.cpu_s),
    },
    Measure {
        name: "CPU seconds, whole",
        says: "CPU time of the whole exam",
        of: |all| (all.ran && !all.quick).then_some(all.cpu_s),
    },
];

/// Counts healthy runs that named a cause: with noise only a cause that is at least likely, without noise any cause.
fn accused(all: &Results, noisy: bool) -> Option<f64> {
    let runs: Vec<_> = all.healthy.iter().filter(|one| one.noise.is_some() == noisy).collect();
    let accused = runs.iter().filter(|one| if noisy { one.is_accused() } else { !one.named.is_empty() }).count();
    (!runs.is_empty()).then_some(accused as f64)
}

/// Reports whether the mark is of a single fault for which a step failed.
pub(crate) fn shown(one: &Mark) -> bool {
    one.kind == Kind::Single && one.visible
}

/// Reports whether, in addition, the evidence separates the fault from every other.
pub(crate) fn separable(one: &Mark) -> bool {
    shown(one) && one.separable()
}

/// Reports whether the verdict names the fault first and is certain.
pub(crate) fn is_certain_and_right(one: &Mark) -> bool {
    one.judgement.right_at_1 && one.judgement.certainty == Some(crate::diagnose::Certainty::Certain)
}

fn all_evidence_sources(one: &Mark) -> bool {
    one.evidence_sources == crate::selftest::subject::mask::name(crate::selftest::subject::mask::EVIDENCE_SETS[0])
}

/// Returns the share of good marks among those that count, or `None` if none counts.
pub(crate) fn share(marks: &[Mark], counts: impl Fn(&Mark) -> bool, good: impl Fn(&Mark) -> bool) -> Option<f64> {
    let of = count(marks, &counts);
    (of > 0).then(|| count(marks, |one| counts(one) && good(one)) as f64 / of as f64)
}

/// Counts the marks.
pub(crate) fn count(marks: &[Mark], which: impl Fn(&Mark) -> bool) -> usize {
    marks.iter().filter(|one| which(one)).count()
}

/// Returns the mean, or `None` of no numbers.
pub(crate) fn mean(of: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = of.fold((0.0, 0_usize), |(sum, count), one| (sum + one, count + 1));
    (count > 0).then(|| sum / count as f64)
}

fn percentile(mut all: Vec<f64>, part: f64) -> Option<f64> {
    all.sort_by(f64::total_cmp);
    let at = (all.len() as f64 * part).ceil() as usize;
    all.get(at.max(1) - 1).copied()
}
