//! Compares one verdict with the truth. The words are those of the tables in `docs/maintainers/accuracy.md`.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::diagnose::{Cause, Certainty};
use crate::selftest::subject::hop;

/// What is true of the system that was diagnosed.
#[derive(Debug, Clone)]
pub(crate) struct Truth<'a> {
    /// The injected faults.
    pub faults: &'a [String],
    /// The injectable faults that the evidence does not separate from it, itself included. Empty for a pair.
    pub class: &'a BTreeSet<String>,
    /// Every fault that can be injected. No recording can judge another candidate.
    pub injectable: &'a BTreeSet<String>,
    /// The exchanges that the evidence shows.
    pub shown: &'a BTreeSet<u32>,
}

/// A candidate of some cause of a verdict, and how much the verdict believes in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Belief {
    /// The fault.
    pub fault: String,
    /// Its posterior, 0 to 1.
    pub confidence: f64,
    /// Whether it was injected.
    pub injected: bool,
}

/// How right one verdict was.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Judgement {
    /// The first cause.
    pub said: Option<String>,
    /// Its certainty.
    pub certainty: Option<Certainty>,
    /// The first cause and its alternatives, best first.
    pub candidates: Vec<String>,
    /// Every candidate of every cause.
    pub beliefs: Vec<Belief>,
    /// The candidates that no hint contradicts.
    pub open: Vec<String>,
    /// The other causes of the verdict.
    pub also: Vec<String>,
    /// The first cause lies at the hop of the fault. For a pair: each hop is the hop of some cause.
    pub hop_right: bool,
    /// The first cause is the fault.
    pub right_at_1: bool,
    /// The fault is among the first three candidates of the first cause.
    pub right_at_3: bool,
    /// The first cause is the fault, at least two whys are printed, and the evidence shows the proof of each.
    pub chain_right: bool,
    /// Causes that are certain but were not injected.
    pub wrongly_certain: Vec<String>,
    /// No cause is likely or certain.
    pub abstained: bool,
    /// The injectable candidates that no hint contradicts are exactly the inseparable faults.
    pub set_exact: bool,
}

impl Judgement {
    /// Judges a verdict.
    pub(crate) fn of(causes: &[Cause], truth: &Truth<'_>) -> Self {
        let is_true = |fault: &String| truth.faults.contains(fault);
        let Some(first) = causes.first() else {
            return Self { abstained: true, ..Self::default() };
        };
        let candidates = candidates(first);
        let injectable: BTreeSet<&String> = open(first).filter(|one| truth.injectable.contains(*one)).collect();
        let right_at_1 = is_true(&first.fault);
        Self {
            hop_right: hops_right(causes, truth.faults),
            right_at_1,
            right_at_3: candidates.iter().take(3).any(is_true),
            chain_right: right_at_1 && chain_holds(first, truth.shown),
            wrongly_certain: causes
                .iter()
                .filter(|one| one.certainty == Certainty::Certain && !is_true(&one.fault))
                .map(|one| one.fault.clone())
                .collect(),
            abstained: causes.iter().all(|one| one.certainty < Certainty::Likely),
            set_exact: injectable == truth.class.iter().collect(),
            beliefs: causes.iter().flat_map(|cause| beliefs(cause, truth.faults)).collect(),
            said: Some(first.fault.clone()),
            certainty: Some(first.certainty),
            open: open(first).cloned().collect(),
            also: causes[1..].iter().map(|one| one.fault.clone()).collect(),
            candidates,
        }
    }
}

impl Judgement {
    /// Reports whether a cause is certain but was not injected.
    pub(crate) fn wrong_and_certain(&self) -> bool {
        !self.wrongly_certain.is_empty()
    }
}

/// Returns the cause and its alternatives that no hint contradicts.
fn open(cause: &Cause) -> impl Iterator<Item = &String> {
    let others = cause.alternatives.iter().filter(|one| !one.unlikely).map(|one| &one.fault);
    std::iter::once(&cause.fault).chain(others)
}

fn candidates(cause: &Cause) -> Vec<String> {
    [&cause.fault].into_iter().chain(cause.alternatives.iter().map(|one| &one.fault)).cloned().collect()
}

fn beliefs<'a>(cause: &'a Cause, injected: &'a [String]) -> impl Iterator<Item = Belief> + 'a {
    let others = cause.alternatives.iter().map(|one| (&one.fault, one.confidence));
    let all = std::iter::once((&cause.fault, cause.confidence)).chain(others);
    all.map(|(fault, confidence)| Belief { fault: fault.clone(), confidence, injected: injected.contains(fault) })
}

fn hops_right(causes: &[Cause], faults: &[String]) -> bool {
    let named = |cause: &Cause| cause.fault.rsplit('@').next().map_or_else(String::new, |fault| hop(fault).to_owned());
    match faults {
        [fault] => causes.first().is_some_and(|first| named(first) == hop(fault)),
        several => several.iter().all(|fault| causes.iter().any(|cause| named(cause) == hop(fault))),
    }
}

fn chain_holds(cause: &Cause, shown: &BTreeSet<u32>) -> bool {
    let proven = |why: &crate::diagnose::Why| {
        !why.evidence.is_empty() && why.evidence.iter().filter_map(|proof| proof.exchange).all(|id| shown.contains(&id))
    };
    cause.whys.len() > 1 && cause.whys.iter().all(proven)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{Alternative, Hops, Proof, Why};
    use crate::terms::Hop;

    fn cause(fault: &str, certainty: Certainty, alternatives: &[&str]) -> Cause {
        let proof = |exchange| Proof::new("seen", Some(exchange));
        let why = |exchange| Why { claim: "so".into(), evidence: vec![proof(exchange)] };
        let alternative = |fault: &&str| Alternative {
            fault: (*fault).to_owned(),
            title: String::new(),
            confidence: 0.1,
            unlikely: false,
            settled_by: None,
        };
        Cause {
            fault: fault.into(),
            title: String::new(),
            hop: Hops::One(Hop::Unknown),
            certainty,
            confidence: 0.5,
            explains: Vec::new(),
            alternatives: alternatives.iter().map(alternative).collect(),
            whys: vec![why(1), why(2)],
            worst_lines: Vec::new(),
            ruled_out: Vec::new(),
            involves: Vec::new(),
            suspects: Default::default(),
            owner: None,
            fix: None,
            verify: None,
            rollback: None,
            settled_by: None,
        }
    }

    fn set(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    fn judged(causes: &[Cause], faults: &[&str], class: &[&str]) -> Judgement {
        let faults: Vec<String> = faults.iter().map(|id| (*id).to_owned()).collect();
        let (class, injectable) = (set(class), set(&["auth/down", "auth/slow", "edge/timeout", "data/redis-down"]));
        let shown = BTreeSet::from([1, 2]);
        Judgement::of(causes, &Truth { faults: &faults, class: &class, injectable: &injectable, shown: &shown })
    }

    #[test]
    fn the_right_cause_is_right_in_every_way() {
        let it = judged(&[cause("auth/down", Certainty::Certain, &[])], &["auth/down"], &["auth/down"]);
        assert!(it.hop_right && it.right_at_1 && it.right_at_3 && it.chain_right && it.set_exact);
        assert!(!it.wrong_and_certain() && !it.abstained);
    }

    #[test]
    fn a_neighbour_is_the_right_hop_and_the_wrong_cause() {
        let it = judged(&[cause("auth/slow", Certainty::Certain, &["auth/down"])], &["auth/down"], &["auth/down"]);
        assert!(it.hop_right && it.right_at_3 && it.wrong_and_certain());
        assert!(!it.right_at_1 && !it.chain_right && !it.set_exact);
    }

    #[test]
    fn a_second_cause_that_is_wrong_and_certain_counts_too() {
        let causes = [cause("auth/down", Certainty::Certain, &[]), cause("edge/timeout", Certainty::Certain, &[])];
        assert!(judged(&causes, &["auth/down"], &["auth/down"]).wrong_and_certain());
        assert!(!judged(&causes, &["auth/down", "edge/timeout"], &[]).wrong_and_certain());
    }

    #[test]
    fn of_a_pair_both_hops_must_be_named() {
        let first = cause("auth/down", Certainty::Certain, &[]);
        let pair = &["auth/down", "edge/timeout"];
        assert!(!judged(std::slice::from_ref(&first), pair, &[]).hop_right);
        assert!(judged(&[first, cause("unknown@edge", Certainty::Unknown, &[])], pair, &[]).hop_right);
    }

    #[test]
    fn candidates_that_cannot_be_injected_are_left_out() {
        let said = cause("auth/down", Certainty::Ambiguous, &["auth/slow", "auth/never-injected"]);
        let it = judged(&[said], &["auth/down"], &["auth/down", "auth/slow"]);
        assert!(it.set_exact && it.abstained);
    }

    #[test]
    fn a_chain_is_wrong_without_proof_or_with_hidden_proof() {
        let mut unproven = cause("auth/down", Certainty::Certain, &[]);
        unproven.whys[1].evidence.clear();
        assert!(!judged(&[unproven], &["auth/down"], &["auth/down"]).chain_right);
        let mut hidden = cause("auth/down", Certainty::Certain, &[]);
        hidden.whys[1].evidence[0].exchange = Some(99);
        assert!(!judged(&[hidden], &["auth/down"], &["auth/down"]).chain_right);
    }

    #[test]
    fn every_candidate_of_every_cause_is_a_belief() {
        let causes =
            [cause("auth/slow", Certainty::Likely, &["auth/down"]), cause("unknown@edge", Certainty::Unknown, &[])];
        let it = judged(&causes, &["auth/down"], &["auth/down"]);
        let belief = |fault: &str, confidence, injected| Belief { fault: fault.to_owned(), confidence, injected };
        let (said, other) = (belief("auth/slow", 0.5, false), belief("auth/down", 0.1, true));
        assert_eq!(it.beliefs, [said, other, belief("unknown@edge", 0.5, false)]);
    }

    #[test]
    fn a_verdict_without_a_cause_abstains() {
        let it = judged(&[], &["auth/down"], &["auth/down"]);
        assert!(it.abstained && !it.hop_right && !it.wrong_and_certain());
    }
}
