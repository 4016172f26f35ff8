//! Whether the marks and claims of a fault were seen, and what showed them.

use crate::diagnose::infer::candidate::Candidate;
use crate::diagnose::infer::case::Case;
use crate::diagnose::logs::attribution::LogMatch;
use crate::diagnose::model::evidence_rule::EvidenceRule;
use crate::diagnose::model::fact::Fact;
use crate::diagnose::model::fault::WhyRule;
use crate::diagnose::model::probe_selector::ProbeSelector;
use crate::diagnose::readings::probe_result::Reading;
use crate::observe::Outcome;
use crate::terms::Caller;

/// What proves a link of the chain of whys. `wording` makes the sentence.
#[derive(Debug)]
pub(crate) enum Sighting<'c, 'a> {
    /// A line of the log.
    Line(&'c LogMatch),
    /// A fact.
    Fact(&'c Fact),
    /// A reading.
    Reading(&'c Reading<'a>),
    /// A reading with the same response as its control.
    SameResponse(&'c Reading<'a>, &'c Reading<'a>),
}

/// Reports whether a mark of the fault was seen.
pub(crate) fn marked(case: &Case<'_>, candidate: &Candidate<'_>) -> bool {
    candidate
        .fault
        .whys
        .iter()
        .any(|rule| rule.mark && decisive(rule, candidate) && sighting(case, candidate, rule).is_some())
}

/// Reports whether a mark of the fault was seen in a record: a fact or a decisive line. No second fault can leave it.
pub(crate) fn recorded(case: &Case<'_>, candidate: &Candidate<'_>) -> bool {
    let record = |rule: &WhyRule| matches!(rule.proof, EvidenceRule::Fact(..) | EvidenceRule::Log);
    let mut marks = candidate.fault.whys.iter().filter(|rule| rule.mark && record(rule) && decisive(rule, candidate));
    marks.any(|rule| sighting(case, candidate, rule).is_some())
}

/// Reports whether a fact is present that counts as a mark only together with a log line.
pub(crate) fn stands_in_a_manifest(case: &Case<'_>, candidate: &Candidate<'_>) -> bool {
    let noted = |rule: &WhyRule| rule.mark && rule.beside_a_line && sighting(case, candidate, rule).is_some();
    candidate.fault.whys.iter().any(noted)
}

/// Reports whether an observation proves this link.
pub(crate) fn proven(case: &Case<'_>, candidate: &Candidate<'_>, rule: &WhyRule) -> bool {
    sighting(case, candidate, rule).is_some()
}

fn decisive(rule: &WhyRule, candidate: &Candidate<'_>) -> bool {
    let line = !rule.beside_a_line || candidate.has_its_line();
    line && (!matches!(rule.proof, EvidenceRule::Log) || candidate.log.as_ref().is_some_and(|line| line.decisive))
}

/// Reports whether the auth service may have refused this call because it came from no known service.
fn may_be_about_the_caller(reading: &Reading<'_>, on: &ProbeSelector) -> bool {
    on.callers.is_empty()
        && reading.class.caller.is_some_and(|caller| caller != Caller::Right)
        && reading.observation.result == Outcome::Denied
}

/// Returns the first observation that proves this link.
pub(crate) fn sighting<'c, 'a>(
    case: &'c Case<'a>,
    candidate: &'c Candidate<'_>,
    rule: &WhyRule,
) -> Option<Sighting<'c, 'a>> {
    match &rule.proof {
        EvidenceRule::Log => candidate.log.as_ref().map(Sighting::Line),
        EvidenceRule::Fact(key, values) => {
            let fact = case.fact(key)?;
            let named = || values.iter().any(|word| word == fact.value);
            let proves = if values.is_empty() { candidate.mode.demands(fact) } else { named() };
            proves.then_some(Sighting::Fact(fact))
        }
        EvidenceRule::Reading(on, results) => {
            let fits = |reading: &&Reading<'_>| {
                reading.is_on(on)
                    && results.contains(&reading.observation.result)
                    && !may_be_about_the_caller(reading, on)
                    && !case.readings.also_through_the_edge(reading)
            };
            case.readings.all.iter().find(fits).map(Sighting::Reading)
        }
        EvidenceRule::SameAs(on, token) => {
            case.readings.failing().filter(|reading| reading.is_on(on)).find_map(|reading| {
                let control = case.readings.control(reading, *token)?;
                reading.is_same_response_as(control).then_some(Sighting::SameResponse(reading, control))
            })
        }
    }
}
