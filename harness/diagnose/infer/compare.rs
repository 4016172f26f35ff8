//! Every fault compared with the case: the readings by the model of the request path, then facts and log lines.

use std::collections::BTreeSet;

use fivewhys_path::{Reason, Topology, fits};

use crate::diagnose::belief::{Asked, Belief, Beliefs, Hypothesis, PairBelief, evidence, outlook, topology_seeing};
use crate::diagnose::facts::auth_calls;
use crate::diagnose::infer::candidate::{Candidate, Compared, PairScore, Unknown, best_line};
use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::conflict::{Conflict, Record, conflicting_fact, conflicting_facts};
use crate::diagnose::infer::fact_score::{HINT, NOISE, demanded_score};
use crate::diagnose::infer::foreign_record::add_findings_of_others;
use crate::diagnose::infer::missing_name::{missing_name, names_what_is_missing};
use crate::diagnose::infer::records::records;
use crate::diagnose::logs::attribution::LogMatch;
use crate::diagnose::logs::window::Window;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::model::fact::Fact;
use crate::diagnose::model::fact_schema;
use crate::diagnose::model::fault::Fault;
use crate::probe::ProbeKey;
use crate::statements::{Meaning, specific_meanings};
use crate::terms::{EvidenceSource, Hop};

/// Compares every fault with the case.
///
/// Anomalies and decisive lines contradict every fault that does not predict them. If probes contradict all faults that
/// predict one, it contradicts nothing.
pub(crate) fn compare<'a>(case: &Case<'_>, catalogue: &'a Catalogue) -> Compared<'a> {
    let counts = |key: &ProbeKey| case.readings.has(key);
    let records = records(case, catalogue);
    tracing::debug!(?records, "what logs and key sets say");
    let evidence = evidence(&case.observations, case.target, case.user(), &counts, &records);
    let topology = topology_seeing(&evidence, case.target);
    let mut beliefs = Beliefs::of(evidence, &topology, case.target, catalogue);
    let to_explain: BTreeSet<u32> = case.to_explain().flat_map(|reading| reading.exchanges.clone()).collect();
    let (mut best, mut unknown) = (Vec::new(), Vec::new());
    for belief in &beliefs.all {
        match belief.hypothesis {
            Hypothesis::Healthy | Hypothesis::AtTimes(_) => {}
            Hypothesis::Unknown(stop, _) => unknown.push(Unknown {
                hop: stop.hop(),
                score: belief.score + unexplained_elsewhere(stop.hop(), case),
                explains: belief.explains.iter().copied().collect(),
            }),
            Hypothesis::Fault(fault) => {
                let line = best_line(fault, case).filter(|line| !is_of_another(line, fault, case, &topology));
                let by_records = Candidate::by_records(fault, line, case);
                best.extend(by_records.map(|one| with_readings(one, belief, &to_explain, case)));
            }
        }
    }
    add_findings_of_others(&mut best, case);
    let pairs =
        if is_explained(&mut best, &unknown, &mut beliefs) { Vec::new() } else { pairs(&mut beliefs, &best, case) };
    Compared { best, unknown, pairs }
}

/// Reports whether one fault of the catalogue explains everything about as well as an unknown one.
fn is_explained<'c>(best: &mut [Candidate<'c>], unknown: &[Unknown], beliefs: &mut Beliefs<'c, '_>) -> bool {
    let first = best.iter_mut().filter(|one| one.remains()).max_by(|a, b| a.score.total_cmp(&b.score));
    let score = first.map(|first| {
        first.odd = beliefs.odd_failures(first.fault).into_iter().collect();
        (first.score, first.odd.is_empty())
    });
    score.is_some_and(|(score, usual)| usual && is_as_likely(score, unknown))
}

/// Reports whether the line of a fault gives a reason for which the fault does not make this call fail.
fn is_of_another(line: &LogMatch, fault: &Fault, case: &Case<'_>, topology: &Topology) -> bool {
    let Some(entry) = case.logbook.entries.get(line.entry) else { return false };
    let meanings = specific_meanings(&entry.text);
    // The auth service may refuse for another reason than the backend gives, and the edge for one of its own.
    if meanings.is_empty() || entry.by != Hop::Backend {
        return false;
    }
    let Some(exchange) = case.logbook.window_of(entry).map(Window::exchange) else { return false };
    let Some(seen) = case.observations.iter().find(|seen| seen.exchange == exchange) else { return false };
    let Some(asked) = Asked::of(&seen.probe, case.target, case.user()) else { return false };
    let outlook = outlook(fault, asked, topology);
    // A traceback that ends with the error of a query is about the store first.
    let fits = |one: Meaning, reason: Reason| fits(one, reason) && !(one == Meaning::Query && reason == Reason::Code);
    let may_be_said = |reason: Reason| reason == Reason::Unknown || meanings.iter().any(|one| fits(*one, reason));
    let mut all = outlook.reasons().peekable();
    all.peek().is_some() && !all.any(may_be_said)
}

/// Adds what the readings say about a fault, and what the records of this case contradict.
fn with_readings<'a>(
    one: Candidate<'a>,
    belief: &Belief<'_>,
    to_explain: &BTreeSet<u32>,
    case: &Case<'_>,
) -> Candidate<'a> {
    let is_excused = names_what_is_missing(&one, case);
    let of_another_route = |key: &&str| OF_OUR_CALLS.contains(key);
    let wrong = conflicting_facts(one.mode, case).find(|key| !of_another_route(key)).filter(|_| !is_excused);
    // The path already predicts our own calls, and that the backend may ask another route.
    let missed = conflicting_facts(one.mode, case).filter(of_another_route).count() as f64;
    let at = |exchange: u32| case.readings.all.iter().position(|one| one.exchanges.contains(&exchange));
    let by_reading = belief.conflict.and_then(at).map(Conflict::Reading);
    let excused = if is_excused { demanded_score(one.mode, case).min(0.0) } else { 0.0 };
    // The manifest confirms the line.
    let is_confirmed = case.target.variables.values().any(|names| missing_name(&one, names, case).is_some());
    let confirmed = if is_confirmed { HINT.ln() } else { 0.0 };
    let other_route = missed * (OTHER_ROUTE.ln() - NOISE.ln());
    let records = unexplained_facts(&one, case) + one.records - excused + confirmed + other_route;
    Candidate {
        conflict: by_reading.or_else(|| wrong.map(|key| Conflict::Record(Record::Fact(key)))),
        explains: belief.explains.iter().copied().filter(|exchange| to_explain.contains(exchange)).collect(),
        score: belief.score.max(f64::MIN) + records,
        ..one
    }
}

/// Facts of our own calls to the auth service. The backend may ask another route.
const OF_OUR_CALLS: [&str; 2] = ["auth.pace", "auth.health-pace"];

/// A route that the backend asks behaves otherwise than the one that we ask, as a factor.
const OTHER_ROUTE: f64 = 0.3;

/// What an unusual fact of a manifest costs a fault that does not show it, as a factor.
const UNEXPLAINED: f64 = 0.02;

/// Facts that many healthy systems show: a backend that asks the auth service needs no key of its own.
const COMMON: [&str; 3] = ["backend.jwt-secret", "backend.oauth-client", "backend.traffic"];

/// Scores the unusual facts of the manifests that the fault does not explain.
fn unexplained_facts(one: &Candidate<'_>, case: &Case<'_>) -> f64 {
    let open = |fact: &&Fact| !one.mode.demands(fact) && !one.mode.usually_shows(fact);
    UNEXPLAINED.ln() * unusual_in_manifests(case).filter(open).count() as f64
}

/// Scores the unusual facts of the manifests that an unknown fault at this hop does not explain: those of other services.
fn unexplained_elsewhere(hop: Hop, case: &Case<'_>) -> f64 {
    let of_auth = |fact: &Fact| fact.key.starts_with("auth.");
    let open = |fact: &&Fact| match hop {
        Hop::BackendAuth => false,
        Hop::Backend => of_auth(fact),
        Hop::Auth => !of_auth(fact),
        _ => true,
    };
    UNEXPLAINED.ln() * unusual_in_manifests(case).filter(open).count() as f64
}

fn unusual_in_manifests<'c>(case: &'c Case<'_>) -> impl Iterator<Item = &'c Fact> {
    let of_a_manifest =
        |fact: &&Fact| fact_schema::of(fact.key).is_some_and(|word| word.evidence_source == EvidenceSource::Manifest);
    case.facts.iter().filter(of_a_manifest).filter(|fact| fact.is_odd() && !COMMON.contains(&fact.key))
}

/// How far a fault may be behind the best hypothesis and still explain everything as well, as a logarithm.
const AS_WELL: f64 = 1.5;

/// Reports whether this score is about as good as that of every unknown fault.
fn is_as_likely(score: f64, unknown: &[Unknown]) -> bool {
    unknown.iter().all(|one| score > one.score - AS_WELL)
}

/// Facts about calls of the backend during the probes. A second fault nearer to the client can prevent these calls.
const HIDDEN_BY_ANOTHER: [&str; 5] =
    [auth_calls::KEY, "backend-contact", "unheard-call", "auth.at-work", "token-judged"];

/// Returns the pairs of the faults that no fact contradicts, each with the facts of both.
fn pairs<'c>(beliefs: &mut Beliefs<'c, '_>, best: &[Candidate<'c>], case: &Case<'_>) -> Vec<PairScore> {
    let is_hidden = |key: &str| HIDDEN_BY_ANOTHER.contains(&key);
    let agrees = |one: &&Candidate<'_>| conflicting_fact(one.mode, case).is_none_or(is_hidden);
    let faults: Vec<&Fault> = best.iter().filter(agrees).map(|one| one.fault).collect();
    let place = |fault: &Fault| best.iter().position(|one| one.fault.id == fault.id).expect("one of the faults");
    let with_facts = |pair: PairBelief<'_>| {
        let at = pair.faults.map(place);
        let score = pair.score + best[at[0]].records + best[at[1]].records;
        PairScore { at, score, explains: pair.explains.map(|all| all.into_iter().collect()) }
    };
    beliefs.pairs(&faults).into_iter().map(with_facts).collect()
}
