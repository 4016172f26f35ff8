//! One fault compared with one case: what contradicts it, what it explains, and how well it fits.

use std::collections::BTreeSet;

use crate::diagnose::infer::agreement::predicts;
use crate::diagnose::infer::by_path;
use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::conflict::{Conflict, Record, conflict, conflicting_fact};
use crate::diagnose::infer::likelihood::{HINT, Likelihood, NOISE, likelihood};
use crate::diagnose::logs::attribution::LogMatch;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::model::evidence_rule::EvidenceRule;
use crate::diagnose::model::fact::Fact;
use crate::diagnose::model::fault::{Fault, WhyRule};
use crate::diagnose::model::fault_mode::FaultMode;
use crate::terms::{Engine, Hop, Service};

/// A fault, compared with a case.
#[derive(Debug, Clone)]
pub(crate) struct Candidate<'a> {
    pub(crate) fault: &'a Fault,
    pub(crate) mode: &'a FaultMode,
    /// What contradicts it. `None`: it remains possible, if it explains anything.
    pub(crate) conflict: Option<Conflict>,
    /// The failing exchanges that it predicts.
    pub(crate) explains: BTreeSet<u32>,
    /// The failing exchanges that it would rarely cause. Known only for the likeliest candidate by the model of the path.
    pub(crate) odd: BTreeSet<u32>,
    /// The log line that matches it, if any.
    pub(crate) log: Option<LogMatch>,
    /// Logarithm of the prior and the hints.
    pub(crate) base: f64,
    pub(crate) likelihood: Likelihood,
    /// Logarithm of prior times likelihood.
    pub(crate) score: f64,
}

impl Candidate<'_> {
    /// Returns how common it is, as a logarithm.
    pub(crate) fn prior(&self) -> f64 {
        prior(self.fault, self.mode)
    }

    /// Returns the weight of hints alone, as a logarithm.
    pub(crate) fn hints(&self) -> f64 {
        self.base - self.prior() + self.likelihood.facts() + self.likelihood.hints()
    }

    /// Reports whether a log line matches it that belongs to the failing probes.
    pub(crate) fn has_its_line(&self) -> bool {
        self.log.as_ref().is_some_and(|line| line.is_ours)
    }

    pub(crate) fn remains(&self) -> bool {
        self.conflict.is_none() && !self.explains.is_empty()
    }
}

/// The whole catalogue, compared with one case.
#[derive(Debug)]
pub(crate) struct Compared<'a> {
    /// Every fault in its best mode. Records of other faults contradict it.
    pub(crate) best: Vec<Candidate<'a>>,
    /// Every fault in each of its modes, independent of other faults.
    pub(crate) modes: Vec<Candidate<'a>>,
    /// Unknown faults, one at each stop, with their scores. Empty with the old engine.
    pub(crate) unknown: Vec<Unknown>,
    /// Pairs by the model of the path: ids, score and the exchanges that each explains. Empty with the old engine.
    pub(crate) pairs: Vec<PathPair>,
}

/// Two faults at once, by the model of the path.
#[derive(Debug, Clone)]
pub(crate) struct PathPair {
    /// The places of both among the best candidates.
    pub(crate) at: [usize; 2],
    pub(crate) score: f64,
    pub(crate) explains: [BTreeSet<u32>; 2],
}

/// An unknown fault at one hop.
#[derive(Debug, Clone)]
pub(crate) struct Unknown {
    pub(crate) hop: Hop,
    /// Logarithm of prior times likelihood.
    pub(crate) score: f64,
    pub(crate) explains: BTreeSet<u32>,
}

/// Compares every fault with the case.
///
/// Anomalies and decisive lines contradict every fault that does not predict them. If probes contradict all faults that
/// predict one, it contradicts nothing.
pub(crate) fn compare<'a>(case: &Case<'_>, catalogue: &'a Catalogue) -> Compared<'a> {
    match case.target.engine {
        Engine::Old => by_modes(case, catalogue),
        Engine::New => by_path::compare(case, catalogue),
    }
}

fn by_modes<'a>(case: &Case<'_>, catalogue: &'a Catalogue) -> Compared<'a> {
    let modes: Vec<Vec<Candidate<'a>>> = catalogue
        .faults()
        .iter()
        .filter(|fault| fault.is_possible_in(case.target))
        .map(|fault| by_mode(fault, case))
        .collect();
    let mut best: Vec<Candidate<'a>> = modes.iter().filter_map(|modes| best_mode(modes).cloned()).collect();
    add_findings_of_others(&mut best, case);
    Compared { best, modes: modes.into_iter().flatten().collect(), unknown: Vec::new(), pairs: Vec::new() }
}

/// Lets records of other faults contradict each fault.
pub(super) fn add_findings_of_others(best: &mut [Candidate<'_>], case: &Case<'_>) {
    let findings = exclusive_findings(case, best);
    for one in best.iter_mut() {
        let foreign: Vec<&ExclusiveFinding> =
            findings.iter().filter(|finding| finding.contradicts(one, case)).collect();
        one.score += NOISE.ln() * foreign.len() as f64;
        // By the path a line is a hint: other causes and other traffic leave lines too.
        let is_hint = |record: Record| case.target.engine == Engine::New && matches!(record, Record::Line(_));
        let hard = foreign.iter().map(|finding| finding.record).find(|record| !is_hint(*record));
        one.conflict = one.conflict.or_else(|| hard.map(Conflict::Record));
    }
}

/// A record that only some faults predict.
struct ExclusiveFinding {
    by: Vec<String>,
    record: Record,
}

impl ExclusiveFinding {
    /// Reports whether the record contradicts a fault.
    ///
    /// A line does not contradict a fault that explains an anomaly: slow starts and other traffic leave lines too. A
    /// fact does not contradict a fault with a line of its own, or one that the failed request itself shows: a value in
    /// a manifest may have no effect.
    fn contradicts(&self, one: &Candidate<'_>, case: &Case<'_>) -> bool {
        let odd = || case.facts.iter().any(|fact| fact.anomaly && one.mode.demands(fact));
        let in_words = || one.log.as_ref().is_some_and(LogMatch::is_of_the_failure);
        let excused = match self.record {
            Record::Line(_) => odd(),
            Record::Fact(_) => in_words() || is_shown_by_the_request(one, case),
        };
        !(excused || self.by.contains(&one.fault.id))
    }
}

/// Reports whether the request of a failed step shows an anomaly that the fault demands.
fn is_shown_by_the_request(one: &Candidate<'_>, case: &Case<'_>) -> bool {
    let of_a_step = |fact: &Fact| fact.exchange.is_some_and(|exchange| case.is_of_a_step(exchange));
    case.facts.iter().any(|fact| fact.anomaly && of_a_step(fact) && one.mode.demands(fact))
}

/// Reports whether the fact counts as a record of this fault: where the fault also needs a log line, the line must be
/// there. Without a log, no line is needed.
fn counts(fact: &Fact, one: &Candidate<'_>, case: &Case<'_>) -> bool {
    let of_this = |rule: &&WhyRule| matches!(&rule.proof, EvidenceRule::Fact(key, _) if *key == fact.key);
    let asks = one.fault.whys.iter().filter(of_this).any(|rule| rule.beside_a_line);
    !asks || !case.log_was_read || one.has_its_line()
}

fn exclusive_findings(case: &Case<'_>, compared: &[Candidate<'_>]) -> Vec<ExclusiveFinding> {
    let candidates = || compared.iter().filter(|one| one.remains());
    let anomalies = case.facts.iter().filter(|fact| fact.anomaly).map(|fact| ExclusiveFinding {
        by: candidates()
            .filter(|one| one.mode.demands(fact) && counts(fact, one, case))
            .map(|one| one.fault.id.clone())
            .collect(),
        record: Record::Fact(fact.key),
    });
    let lines = candidates().filter_map(|one| {
        let line = one.log.as_ref().filter(|line| line.decisive)?;
        let leaves = |other: &Candidate<'_>| {
            let entry = case.logbook.entries.get(line.entry).filter(|_| case.target.engine == Engine::New);
            entry.is_some_and(|entry| other.fault.log.iter().any(|rule| rule.by == entry.by && rule.means(&entry.text)))
        };
        let by =
            candidates().filter(|other| leaves(other) || other.log.as_ref().is_some_and(|log| log.entry == line.entry));
        let by = by.map(|other| other.fault.id.clone()).collect();
        Some(ExclusiveFinding { by, record: Record::Line(line.entry) })
    });
    anomalies.chain(lines).filter(|finding| !finding.by.is_empty()).collect()
}

fn best_mode<'w, 'a>(modes: &'w [Candidate<'a>]) -> Option<&'w Candidate<'a>> {
    modes
        .iter()
        .max_by(|a, b| (a.remains(), a.score).partial_cmp(&(b.remains(), b.score)).unwrap_or(std::cmp::Ordering::Equal))
}

/// Returns the prior of a mode as a logarithm. A mode may be rarer than its fault.
fn prior(fault: &Fault, mode: &FaultMode) -> f64 {
    mode.prior.unwrap_or(fault.prior).weight().ln()
}

/// Compares a fault with the case, in each of its modes.
pub(super) fn by_mode<'a>(fault: &'a Fault, case: &Case<'_>) -> Vec<Candidate<'a>> {
    let log = best_line(fault, case);
    let hints = f64::from(u8::from(log.is_some())) + signatures_seen(fault, case);
    let candidate = |mode: &'a FaultMode| {
        let explains =
            case.to_explain().filter(|reading| predicts(mode, reading)).flat_map(|reading| reading.exchanges.clone());
        let likelihood = likelihood(mode, case);
        let base = prior(fault, mode) + hints * HINT.ln();
        let mut candidate = Candidate {
            fault,
            mode,
            conflict: conflict(mode, case),
            explains: explains.collect(),
            odd: BTreeSet::new(),
            log: log.clone(),
            score: base + likelihood.total(),
            base,
            likelihood,
        };
        let by_a_fact = matches!(candidate.conflict, Some(Conflict::Record(Record::Fact(_))));
        if by_a_fact && names_what_is_missing(&candidate, case) {
            candidate.conflict = None;
        }
        candidate
    };
    fault.mode.iter().map(candidate).collect()
}

fn best_line(fault: &Fault, case: &Case<'_>) -> Option<LogMatch> {
    let lines: Vec<_> = fault.log.iter().filter_map(|rule| case.logbook.find(rule)).collect();
    let best = lines.iter().find(|line| line.decisive).or_else(|| lines.iter().find(|line| line.is_ours));
    best.or(lines.first()).cloned()
}

/// More signatures of one fault than this add nothing.
const SIGNATURES: usize = 2;

/// Counts the signatures of a fault in the failing responses. Several are of different parts of its responses.
fn signatures_seen(fault: &Fault, case: &Case<'_>) -> f64 {
    let seen = case.readings.failing().flat_map(|reading| &reading.observation.signatures);
    let own: BTreeSet<&String> = seen.filter(|one| fault.signatures.contains(one)).collect();
    own.len().min(SIGNATURES) as f64
}

/// Reports whether the fault's own line names a variable that the backend's manifest lacks. The code may read that name,
/// although the manifest maps another name for the same value: then the line outweighs the manifest.
///
/// A name that the target knows for another role than that of the contradicted fact is no such name.
pub(super) fn names_what_is_missing(one: &Candidate<'_>, case: &Case<'_>) -> bool {
    let Some(line) = one.log.as_ref().filter(|line| line.is_ours) else { return false };
    let Some((entry, backend)) = case.logbook.entries.get(line.entry).zip(case.manifests.get(&Service::Backend)) else {
        return false;
    };
    let contradicted = conflicting_fact(one.mode, case).and_then(|key| key.strip_prefix("backend."));
    let of_another = |name: &str| {
        let mut roles = case.target.variables.iter().filter(|(_, names)| names.iter().any(|known| known == name));
        contradicted.is_some_and(|role| roles.clone().next().is_some() && !roles.any(|(known, _)| known == role))
    };
    variables(&entry.text).any(|name| !backend.env.contains_key(name) && !of_another(name))
}

/// Returns the name in the fault's own line that this role has and the backend's manifest lacks.
pub(crate) fn missing_name<'n>(one: &Candidate<'_>, names: &'n [String], case: &Case<'_>) -> Option<&'n str> {
    let line = one.log.as_ref().filter(|line| line.is_ours)?;
    let backend = case.manifests.get(&Service::Backend)?;
    // An entry may list several problems, one a line: only the quoted line is about this fault.
    let is_named = |name: &&String| variables(&line.says).any(|word| word == *name);
    names.iter().find(|name| !backend.env.contains_key(*name) && is_named(name)).map(String::as_str)
}

/// Returns the words of a text that look like names of environment variables.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    let is_variable = |word: &&str| {
        word.contains('_')
            && word.len() > 3
            && word.chars().all(|one| one.is_ascii_uppercase() || one == '_' || one.is_ascii_digit())
    };
    text.split(|one: char| !(one.is_ascii_alphanumeric() || one == '_')).filter(is_variable)
}
