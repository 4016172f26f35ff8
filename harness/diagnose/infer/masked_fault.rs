//! A second fault that only a record shows: a log line, a fact of a manifest, or the date of every response.
//!
//! The first cause masks such a fault in every call.

use std::collections::BTreeSet;

use crate::diagnose::infer::candidate::{Candidate, Compared};
use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::conflict::Record;
use crate::diagnose::infer::double_fault::can_be_together;
use crate::diagnose::logs::attribution::LogMatch;
use crate::diagnose::model::fact::{ANSWERS_CLOCK, Fact};
use crate::diagnose::model::fact_schema;
use crate::diagnose::model::fault::LogScope;
use crate::terms::EvidenceSource;

/// Returns the faults that can be masked by the found one, the likeliest first. `known` has the found fault and its
/// alternatives.
pub(crate) fn masked_faults<'a>(
    case: &Case<'_>,
    compared: &Compared<'a>,
    found: &str,
    known: &BTreeSet<&str>,
) -> Vec<Candidate<'a>> {
    // With two revisions, a record of one revision may only show how they differ.
    let first = compared.best.iter().find(|one| one.fault.id == found).filter(|first| !first.mode.comes_and_goes);
    first.map_or_else(Vec::new, |first| hidden(case, compared, first, known))
}

/// Returns every fault that can be present in addition to the first and that left a record of its own, in its likeliest
/// mode.
fn hidden<'a>(
    case: &Case<'_>,
    compared: &Compared<'a>,
    first: &Candidate<'a>,
    known: &BTreeSet<&str>,
) -> Vec<Candidate<'a>> {
    let is_known = |one: &&Candidate<'_>| known.contains(one.fault.id.as_str());
    let accounted: BTreeSet<Record> =
        compared.modes.iter().filter(is_known).flat_map(|one| whatever_it_leaves(one, case)).collect();
    // A fault at the same hop is probably the same problem under another name.
    let elsewhere = |one: &&Candidate<'_>| !is_known(one) && one.fault.hop() != first.fault.hop();
    let told = |one: &Candidate<'a>| {
        let line = line(one, case).filter(|line| !accounted.contains(&Record::Line(line.entry)));
        let by_a_fact = || by_itself(one, case).any(|fact| !accounted.contains(&Record::Fact(fact.key)));
        (line.is_some() || by_a_fact()).then(|| Candidate { log: line.or_else(|| one.log.clone()), ..one.clone() })
    };
    let mut hidden: Vec<Candidate<'a>> = compared
        .modes
        .iter()
        .filter(elsewhere)
        .filter_map(told)
        .filter(|one| can_be_together(first, one, case))
        .collect();
    hidden.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut faults = BTreeSet::new();
    hidden.retain(|one| faults.insert(one.fault.id.as_str()));
    hidden
}

/// Returns a decisive line that belongs to the failing calls or to every call of one endpoint.
/// A line that counts at any time says nothing about the present.
fn line(one: &Candidate<'_>, case: &Case<'_>) -> Option<LogMatch> {
    let of_the_failure = one.log.clone().filter(LogMatch::is_of_the_failure);
    let mut rules = one.fault.log.iter().filter(|rule| rule.scope != LogScope::Any);
    of_the_failure.or_else(|| rules.find_map(|rule| case.logbook.find_at_a_endpoint(rule)))
}

/// Returns the facts of a fault that do not depend on any call.
fn by_itself<'c>(one: &Candidate<'_>, case: &'c Case<'_>) -> impl Iterator<Item = &'c Fact> {
    let mode = one.mode;
    let shows = |fact: &&Fact| mode.demands(fact) || (needs_no_demand(fact, case) && mode.usually_shows(fact));
    case.facts.iter().filter(|fact| stands_by_itself(fact, case)).filter(shows)
}

/// Reports whether the value never occurs in a healthy system: a fact of a manifest, or the date of every response.
/// Where the newest revision does not start, a missing variable is enough.
fn stands_by_itself(fact: &Fact, case: &Case<'_>) -> bool {
    let of_a_manifest = fact_schema::of(fact.key).is_some_and(|word| word.evidence_source == EvidenceSource::Manifest);
    let tells = fact.anomaly || (case.starts_badly() && fact.value == fact_schema::ABSENT);
    (of_a_manifest && tells) || (fact.key == ANSWERS_CLOCK && fact.is_odd())
}

fn needs_no_demand(fact: &Fact, case: &Case<'_>) -> bool {
    case.starts_badly() || fact.key == ANSWERS_CLOCK
}

/// Returns every record that a fault leaves: lines, decisive or not, and facts.
fn whatever_it_leaves(one: &Candidate<'_>, case: &Case<'_>) -> Vec<Record> {
    let at_a_endpoint = one.fault.log.iter().filter_map(|rule| case.logbook.find_at_a_endpoint(rule));
    let lines = one.log.iter().cloned().chain(at_a_endpoint).map(|line| Record::Line(line.entry));
    let facts = case.facts.iter().filter(|fact| one.mode.demands(fact) || one.mode.usually_shows(fact));
    lines.chain(facts.map(|fact| Record::Fact(fact.key))).collect()
}
