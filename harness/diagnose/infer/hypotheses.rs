//! The hypotheses: one fault, or a pair where no single fault explains everything.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnose::belief::HOPELESS;
use crate::diagnose::infer::candidate::{Candidate, Compared, Unknown};
use crate::diagnose::infer::pair::Pair;
use crate::diagnose::readings::input::FailedStep;
use crate::terms::Hop;

/// The hypotheses with their posteriors, best first.
#[derive(Debug)]
pub(crate) enum Hypotheses<'w, 'a> {
    /// No fault of the catalogue.
    None,
    /// One of these faults.
    One(Vec<(&'w Candidate<'a>, f64)>),
    /// One of these pairs.
    Two(Vec<(Pair<'w, 'a>, f64)>),
    /// Most likely a fault that the catalogue lacks, at this hop. The candidates are less likely.
    Unknown { of: &'w Unknown, share: f64, candidates: Vec<(&'w Candidate<'a>, f64)> },
}

/// A pair with a smaller share is not listed.
const LISTED: f64 = 0.03;

/// A class of faults that the evidence cannot distinguish is not listed if it has less than this part of the share of the
/// best class.
const CLASS: f64 = 0.025;

/// A member of a class with a smaller share is not listed.
const MEMBER: f64 = 0.0075;

impl<'w, 'a> Hypotheses<'w, 'a> {
    /// Weighs single faults, unknown faults and pairs against the open steps.
    pub(crate) fn of(compared: &'w Compared<'a>, open: &[&FailedStep]) -> Self {
        let covers = |explains: &BTreeSet<u32>| open.iter().any(|step| explains.contains(&step.exchange));
        let unknown = || compared.unknown.iter().filter(|one| one.score.is_finite() && covers(&one.explains));
        let one = single(&compared.best, open);
        let pairs = || compared.pairs.iter().filter(|pair| pair.explains.iter().any(covers));
        let scores = || {
            let faults = one.iter().map(|one| one.score).chain(unknown().map(|one| one.score));
            faults.chain(pairs().map(|pair| pair.score))
        };
        let top = scores().fold(f64::MIN, f64::max);
        let sum: f64 = scores().map(|score| (score - top).exp()).sum();
        let share = |score: f64| (score - top).exp() / sum;
        let mut candidates: Vec<(&'w Candidate<'a>, f64)> =
            one.iter().map(|one| (*one, share(one.score))).filter(|(_, share)| *share >= MEMBER).collect();
        keep_listed_classes(&mut candidates);
        sort_by_class(&mut candidates);
        let best_unknown = unknown().max_by(|a, b| a.score.total_cmp(&b.score));
        let of_pairs: f64 = pairs().map(|pair| share(pair.score)).sum();
        let of_one: f64 = candidates.iter().map(|(_, share)| share).sum();
        let of_unknown: f64 = unknown().map(|one| share(one.score)).sum();
        tracing::debug!(of_one, of_pairs, of_unknown, "shares of single faults, pairs and unknown faults");
        if of_pairs > of_one && of_pairs > of_unknown {
            let listed = pairs().map(|pair| (pair, share(pair.score) / of_pairs)).filter(|(_, share)| *share >= LISTED);
            return Self::Two(listed.map(|(pair, share)| (Pair::of(pair, compared), share)).collect());
        }
        match (candidates.first(), best_unknown) {
            (_, Some(of)) if candidates.iter().all(|(one, _)| one.score < of.score) => {
                Self::Unknown { of, share: share(of.score), candidates }
            }
            (Some(_), _) => Self::One(candidates),
            (None, _) => Self::None,
        }
    }

    /// Returns every fault of the hypotheses, with its share of the posterior.
    pub(crate) fn faults(&self) -> Vec<(&'w Candidate<'a>, f64)> {
        match self {
            Self::None => Vec::new(),
            Self::One(faults) | Self::Unknown { candidates: faults, .. } => faults.clone(),
            Self::Two(pairs) => {
                let mut faults: Vec<(&'w Candidate<'a>, f64)> = Vec::new();
                for (member, share) in
                    pairs.iter().flat_map(|(pair, share)| pair.faults.iter().map(move |one| (one, *share)))
                {
                    match faults.iter_mut().find(|(known, _)| known.fault.id == member.candidate.fault.id) {
                        Some((_, sum)) => *sum += share,
                        None => faults.push((member.candidate, share)),
                    }
                }
                faults
            }
        }
    }
}

/// Returns, by service, the share of the faults that a deploy of the service can have caused: those of the catalogue that
/// remain, listed or not, those that it lacks, and pairs.
pub(crate) fn suspects(compared: &Compared<'_>) -> BTreeMap<String, f64> {
    let names = |fault: &Candidate<'_>| fault.fault.involves.clone();
    let single = compared.best.iter().filter(|one| one.remains()).map(|one| (one.score, names(one)));
    let unknown = compared.unknown.iter().map(|one| (one.score, deployed_at(one.hop)));
    let pairs = compared.pairs.iter().map(|pair| (pair.score, pair.at.map(|at| names(&compared.best[at])).concat()));
    let all: Vec<(f64, Vec<String>)> = single.chain(unknown).chain(pairs).filter(|one| one.0.is_finite()).collect();
    let top = all.iter().map(|one| one.0).fold(f64::MIN, f64::max);
    let sum: f64 = all.iter().map(|one| (one.0 - top).exp()).sum();
    let mut shares: BTreeMap<String, f64> = BTreeMap::new();
    for (score, mut services) in all {
        services.sort_unstable();
        services.dedup();
        for service in services {
            *shares.entry(service).or_default() += (score - top).exp() / sum;
        }
    }
    shares.retain(|_, share| *share >= NEGLIGIBLE);
    shares.values_mut().for_each(|share| *share = (*share / NEGLIGIBLE).round() / (1.0 / NEGLIGIBLE).round());
    shares
}

/// A service with a smaller share is no suspect.
const NEGLIGIBLE: f64 = 0.001;

/// Returns the services whose deploy can bring a fault at this hop that the catalogue lacks.
fn deployed_at(hop: Hop) -> Vec<String> {
    let services: &[&str] = match hop {
        Hop::Client | Hop::Network | Hop::Unknown => &[],
        Hop::Edge => &["edge"],
        Hop::Backend => &["backend"],
        Hop::BackendAuth => &["backend", "auth"],
        Hop::Auth => &["auth"],
        Hop::Data => &["backend", "data"],
        Hop::Agents => &["backend", "agents"],
    };
    services.iter().map(|service| (*service).to_owned()).collect()
}

/// Returns the candidates that explain the most failed steps. A fault that explains only an additional probe is no
/// candidate.
fn single<'w, 'a>(compared: &'w [Candidate<'a>], open: &[&FailedStep]) -> Vec<&'w Candidate<'a>> {
    let covered = |one: &Candidate<'_>| open.iter().filter(|step| one.explains.contains(&step.exchange)).count();
    let best = compared.iter().filter(|one| one.remains()).map(|one| one.score).fold(f64::NEG_INFINITY, f64::max);
    let candidates = || compared.iter().filter(|one| one.remains() && one.score >= best - HOPELESS);
    let most = candidates().map(covered).max().unwrap_or(0).max(1);
    let mut candidates: Vec<_> = candidates().filter(|one| covered(one) == most).collect();
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    candidates
}

/// Likelihoods that differ by less, as logarithms, do not distinguish two faults.
const SAME: f64 = 0.05;

/// Returns the likelihood of a candidate, as a logarithm.
fn likelihood(one: &Candidate<'_>) -> f64 {
    one.score - one.fault.prior.weight().ln()
}

fn of_one_class(one: &Candidate<'_>, other: &Candidate<'_>) -> bool {
    (likelihood(one) - likelihood(other)).abs() < SAME
}

/// Drops the classes whose share is small.
fn keep_listed_classes(candidates: &mut Vec<(&Candidate<'_>, f64)>) {
    let all = candidates.clone();
    let of_class = |one: &Candidate<'_>| -> f64 {
        all.iter().filter(|(other, _)| of_one_class(one, other)).map(|(_, share)| share).sum()
    };
    let best = all.iter().map(|(one, _)| of_class(one)).fold(0.0, f64::max);
    candidates.retain(|(one, _)| of_class(one) >= best * CLASS);
}

/// Sorts the candidates: the likeliest first, and after it those that the evidence cannot distinguish from it. So the
/// members of a class stand together.
fn sort_by_class(candidates: &mut [(&Candidate<'_>, f64)]) {
    let best = |one: &Candidate<'_>| -> f64 {
        let same = |other: &&(&Candidate<'_>, f64)| of_one_class(other.0, one);
        candidates.iter().filter(same).map(|(_, share)| *share).fold(0.0, f64::max)
    };
    let mut ranked: Vec<(f64, (&Candidate<'_>, f64))> = candidates.iter().map(|one| (best(one.0), *one)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.1.total_cmp(&a.1.1)));
    candidates.iter_mut().zip(ranked).for_each(|(place, (_, one))| *place = one);
}
