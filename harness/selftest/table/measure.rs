//! What is measured over all marks, by the names that `bars.toml` uses. Sits in `selftest`.

use crate::selftest::mark::{Kind, Mark};
use crate::selftest::table::results::Results;

/// The dialect that has a bar of its own.
const OPAQUE: &str = "opaque";

/// A measure: its name, what it counts in one sentence, and how.
pub(crate) struct Measure {
    /// As in `bars.toml`.
    pub name: &'static str,
    /// What it says.
    pub says: &'static str,
    /// Its value; nothing where there was nothing to measure.
    pub of: fn(&Results) -> Option<f64>,
}

/// All of them.
pub(crate) const MEASURES: [Measure; 16] = [
    Measure {
        name: "hop, single",
        says: "single faults whose hop the evidence tells: the first cause lies there",
        of: |all| share(&all.marks, |one| shown(one) && one.hop_separable(), |one| one.judgement.hop_right),
    },
    Measure {
        name: "hop, single, with noise",
        says: "the same with noise",
        of: |all| {
            let counts = |one: &Mark| one.kind == Kind::Noisy && one.visible && one.hop_separable();
            share(&all.marks, counts, |one| one.judgement.hop_right)
        },
    },
    Measure {
        name: "both hops, pairs",
        says: "pairs of which both show, all evidence: each hop is that of a cause",
        of: |all| {
            share(
                &all.marks,
                |one| one.kind == Kind::Pair && one.visible && all_evidence_sources(one),
                |one| one.judgement.hop_right,
            )
        },
    },
    Measure {
        name: "cause at 1",
        says: "separable single faults, every dialect but opaque: the first candidate is the fault",
        of: |all| share(&all.marks, |one| separable(one) && one.dialect != OPAQUE, |one| one.judgement.right_at_1),
    },
    Measure {
        name: "cause at 1, opaque",
        says: "the same in the dialect opaque",
        of: |all| share(&all.marks, |one| separable(one) && one.dialect == OPAQUE, |one| one.judgement.right_at_1),
    },
    Measure {
        name: "cause at 3",
        says: "separable single faults: the fault is among the first three candidates",
        of: |all| share(&all.marks, separable, |one| one.judgement.right_at_3),
    },
    Measure {
        name: "certain, all evidence",
        says: "separable single faults, all evidence: named first, and certain",
        of: |all| share(&all.marks, |one| separable(one) && all_evidence_sources(one), is_certain_and_right),
    },
    Measure {
        name: "inseparable: exactly those",
        says: "single faults that the evidence does not tell from others: the candidates are exactly these",
        of: |all| share(&all.marks, |one| shown(one) && !one.separable(), |one| one.judgement.set_exact),
    },
    Measure {
        name: "wrong and certain",
        says: "verdicts with a cause that is certain and was not injected",
        of: |all| (!all.marks.is_empty()).then(|| count(&all.marks, |one| one.judgement.wrong_and_certain()) as f64),
    },
    Measure {
        name: "extra probes, mean",
        says: "probes that a diagnosis of a visible failure asked for",
        of: |all| mean(all.marks.iter().filter(|one| one.visible).map(|one| one.asked as f64)),
    },
    Measure {
        name: "extra probes, share of all",
        says: "the same, of all that it could have asked for",
        of: |all| {
            let sum = |of: fn(&Mark) -> usize| all.marks.iter().filter(|one| one.visible).map(of).sum::<usize>() as f64;
            let every = sum(|one| one.every);
            (every > 0.0).then(|| sum(|one| one.asked) / every)
        },
    },
    Measure {
        name: "verdict, ms (99 of 100)",
        says: "one verdict, without I/O, in milliseconds; 99 of 100 take no longer",
        of: |all| percentile(all.marks.iter().filter(|one| one.visible).map(|one| one.verdict_ms).collect(), 0.99),
    },
    Measure {
        name: "healthy with noise: accused",
        says: "runs against a healthy twin with noise in which a cause is called likely or certain",
        of: |all| accused(all, true),
    },
    Measure {
        name: "healthy without noise: accused",
        says: "the same without noise; there, a cause of any certainty counts",
        of: |all| accused(all, false),
    },
    Measure {
        name: "seconds, quick",
        says: "how long all of it took",
        of: |all| (all.ran && all.quick).then_some(all.took_s),
    },
    Measure {
        name: "seconds, whole",
        says: "how long all of it took",
        of: |all| (all.ran && !all.quick).then_some(all.took_s),
    },
];

/// How many healthy runs named a cause: with noise one that is at least likely, without noise any.
fn accused(all: &Results, noisy: bool) -> Option<f64> {
    let runs: Vec<_> = all.healthy.iter().filter(|one| one.noise.is_some() == noisy).collect();
    let accused = runs.iter().filter(|one| if noisy { one.is_accused() } else { !one.named.is_empty() }).count();
    (!runs.is_empty()).then_some(accused as f64)
}

/// Whether this mark is of a single fault for which a step failed.
pub(crate) fn shown(one: &Mark) -> bool {
    one.kind == Kind::Single && one.visible
}

/// The same, and the evidence tells it from every other fault.
pub(crate) fn separable(one: &Mark) -> bool {
    shown(one) && one.separable()
}

/// Whether the verdict names the fault and is certain.
pub(crate) fn is_certain_and_right(one: &Mark) -> bool {
    one.judgement.right_at_1 && one.judgement.certainty == Some(crate::diagnose::Certainty::Certain)
}

fn all_evidence_sources(one: &Mark) -> bool {
    one.evidence_sources == crate::selftest::subject::mask::name(crate::selftest::subject::mask::EVIDENCE_SETS[0])
}

/// How many of those that count are good; nothing where none counts.
pub(crate) fn share(marks: &[Mark], counts: impl Fn(&Mark) -> bool, good: impl Fn(&Mark) -> bool) -> Option<f64> {
    let of = count(marks, &counts);
    (of > 0).then(|| count(marks, |one| counts(one) && good(one)) as f64 / of as f64)
}

/// How many of them.
pub(crate) fn count(marks: &[Mark], which: impl Fn(&Mark) -> bool) -> usize {
    marks.iter().filter(|one| which(one)).count()
}

/// The mean of some numbers; nothing of none.
pub(crate) fn mean(of: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = of.fold((0.0, 0_usize), |(sum, count), one| (sum + one, count + 1));
    (count > 0).then(|| sum / count as f64)
}

fn percentile(mut all: Vec<f64>, part: f64) -> Option<f64> {
    all.sort_by(f64::total_cmp);
    let at = (all.len() as f64 * part).ceil() as usize;
    all.get(at.max(1) - 1).copied()
}
