//! What is measured over all marks, by the names that `bars.toml` uses. Sits in `selftest`.

use super::mark::{Kind, Mark};

/// The dialect that has a bar of its own.
const OPAQUE: &str = "opaque";

/// A measure: its name, what it counts in one sentence, and how.
pub(super) struct Measure {
    /// As in `bars.toml`.
    pub name: &'static str,
    /// What it says.
    pub says: &'static str,
    /// Its value; nothing where there was nothing to measure.
    pub of: fn(&[Mark]) -> Option<f64>,
}

/// All of them.
pub(super) const MEASURES: [Measure; 11] = [
    Measure {
        name: "hop, single",
        says: "single faults whose hop the doors tell: the first cause lies there",
        of: |marks| share(marks, |one| shown(one) && one.hop_separable(), |one| one.judgement.hop_right),
    },
    Measure {
        name: "both hops, pairs",
        says: "pairs of which both show, all doors: each hop is that of a cause",
        of: |marks| {
            share(marks, |one| one.kind == Kind::Pair && one.visible && all_doors(one), |one| one.judgement.hop_right)
        },
    },
    Measure {
        name: "cause at 1",
        says: "separable single faults, every dialect but opaque: the first candidate is the fault",
        of: |marks| share(marks, |one| separable(one) && one.dialect != OPAQUE, |one| one.judgement.right_at_1),
    },
    Measure {
        name: "cause at 1, opaque",
        says: "the same in the dialect opaque",
        of: |marks| share(marks, |one| separable(one) && one.dialect == OPAQUE, |one| one.judgement.right_at_1),
    },
    Measure {
        name: "cause at 3",
        says: "separable single faults: the fault is among the first three candidates",
        of: |marks| share(marks, separable, |one| one.judgement.right_at_3),
    },
    Measure {
        name: "certain, all doors",
        says: "separable single faults, all doors: named first, and certain",
        of: |marks| share(marks, |one| separable(one) && all_doors(one), is_certain_and_right),
    },
    Measure {
        name: "inseparable: exactly those",
        says: "single faults that the doors do not tell from others: the candidates are exactly these",
        of: |marks| share(marks, |one| shown(one) && !one.separable(), |one| one.judgement.set_exact),
    },
    Measure {
        name: "wrong and certain",
        says: "verdicts with a cause that is certain and was not injected",
        of: |marks| (!marks.is_empty()).then(|| count(marks, |one| one.judgement.wrong_and_certain) as f64),
    },
    Measure {
        name: "extra probes, mean",
        says: "probes that a diagnosis of a visible failure asked for",
        of: |marks| mean(marks.iter().filter(|one| one.visible).map(|one| one.asked as f64)),
    },
    Measure {
        name: "extra probes, share of all",
        says: "the same, of all that it could have asked for",
        of: |marks| {
            let sum = |of: fn(&Mark) -> usize| marks.iter().filter(|one| one.visible).map(of).sum::<usize>() as f64;
            let every = sum(|one| one.every);
            (every > 0.0).then(|| sum(|one| one.asked) / every)
        },
    },
    Measure {
        name: "verdict, ms (99 of 100)",
        says: "one verdict, without I/O, in milliseconds; 99 of 100 take no longer",
        of: |marks| percentile(marks.iter().filter(|one| one.visible).map(|one| one.verdict_ms).collect(), 0.99),
    },
];

/// Whether this mark is of a single fault for which a step failed.
pub(super) fn shown(one: &Mark) -> bool {
    one.kind == Kind::Single && one.visible
}

/// The same, and the doors tell it from every other fault.
pub(super) fn separable(one: &Mark) -> bool {
    shown(one) && one.separable()
}

/// Whether the verdict names the fault and is certain.
pub(super) fn is_certain_and_right(one: &Mark) -> bool {
    one.judgement.right_at_1 && one.judgement.certainty == Some(crate::diagnose::Certainty::Certain)
}

fn all_doors(one: &Mark) -> bool {
    one.doors == super::mask::name(super::mask::DOOR_SETS[0])
}

/// How many of those that count are good; nothing where none counts.
pub(super) fn share(marks: &[Mark], counts: impl Fn(&Mark) -> bool, good: impl Fn(&Mark) -> bool) -> Option<f64> {
    let of = count(marks, &counts);
    (of > 0).then(|| count(marks, |one| counts(one) && good(one)) as f64 / of as f64)
}

/// How many of them.
pub(super) fn count(marks: &[Mark], which: impl Fn(&Mark) -> bool) -> usize {
    marks.iter().filter(|one| which(one)).count()
}

/// The mean of some numbers; nothing of none.
pub(super) fn mean(of: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = of.fold((0.0, 0_usize), |(sum, count), one| (sum + one, count + 1));
    (count > 0).then(|| sum / count as f64)
}

fn percentile(mut all: Vec<f64>, part: f64) -> Option<f64> {
    all.sort_by(f64::total_cmp);
    let at = (all.len() as f64 * part).ceil() as usize;
    all.get(at.max(1) - 1).copied()
}
