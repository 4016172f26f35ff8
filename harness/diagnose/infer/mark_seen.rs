//! Whether the marks and claims of a fault were seen, and what showed them.

use crate::diagnose::infer::candidate::Weighed;
use crate::diagnose::infer::case::Case;
use crate::diagnose::logs::attribution::LogMatch;
use crate::diagnose::model::evidence_rule::ProofRule;
use crate::diagnose::model::fact::Fact;
use crate::diagnose::model::fault::WhyRule;
use crate::diagnose::readings::probe_result::Reading;

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
pub(crate) fn marked(case: &Case<'_>, weighed: &Weighed<'_>) -> bool {
    weighed
        .fault
        .whys
        .iter()
        .any(|rule| rule.mark && decisive(rule, weighed) && sighting(case, weighed, rule).is_some())
}

/// Reports whether a mark of the fault was seen in a record: a fact or a decisive line. No second fault can leave it.
pub(crate) fn recorded(case: &Case<'_>, weighed: &Weighed<'_>) -> bool {
    let record = |rule: &WhyRule| matches!(rule.proof, ProofRule::Fact(..) | ProofRule::Log);
    let mut marks = weighed.fault.whys.iter().filter(|rule| rule.mark && record(rule) && decisive(rule, weighed));
    marks.any(|rule| sighting(case, weighed, rule).is_some())
}

/// Reports whether a fact is present that counts as a mark only together with a log line.
pub(crate) fn stands_in_a_manifest(case: &Case<'_>, weighed: &Weighed<'_>) -> bool {
    let noted = |rule: &WhyRule| rule.mark && rule.beside_a_line && sighting(case, weighed, rule).is_some();
    weighed.fault.whys.iter().any(noted)
}

/// Reports whether an observation proves any claim of the fault.
pub(crate) fn claimed(case: &Case<'_>, weighed: &Weighed<'_>) -> bool {
    weighed.fault.whys.iter().any(|rule| proven(case, weighed, rule))
}

/// Reports whether an observation proves this link.
pub(crate) fn proven(case: &Case<'_>, weighed: &Weighed<'_>, rule: &WhyRule) -> bool {
    sighting(case, weighed, rule).is_some()
}

fn decisive(rule: &WhyRule, weighed: &Weighed<'_>) -> bool {
    let line = !rule.beside_a_line || weighed.has_its_line();
    line && (!matches!(rule.proof, ProofRule::Log) || weighed.log.as_ref().is_some_and(|line| line.decisive))
}

/// Returns the first observation that proves this link.
pub(crate) fn sighting<'c, 'a>(
    case: &'c Case<'a>,
    weighed: &'c Weighed<'_>,
    rule: &WhyRule,
) -> Option<Sighting<'c, 'a>> {
    if rule.mode.as_ref().is_some_and(|mode| *mode != weighed.mode.name) {
        return None;
    }
    match &rule.proof {
        ProofRule::Log => weighed.log.as_ref().map(Sighting::Line),
        ProofRule::Fact(key, values) => {
            let fact = case.fact(key)?;
            let named = || values.iter().any(|word| word == fact.value);
            let proves = if values.is_empty() { weighed.mode.demands(fact) } else { named() };
            proves.then_some(Sighting::Fact(fact))
        }
        ProofRule::Reading(on, results) => {
            let fits = |reading: &&Reading<'_>| {
                on.matches(&reading.cell)
                    && results.contains(&reading.observation.result)
                    && !case.readings.also_through_the_edge(reading)
            };
            case.readings.all.iter().find(fits).map(Sighting::Reading)
        }
        ProofRule::SameAs(on, token) => {
            case.readings.failing().filter(|reading| on.matches(&reading.cell)).find_map(|reading| {
                let control = case.readings.control(reading, *token)?;
                reading.is_same_response_as(control).then_some(Sighting::SameResponse(reading, control))
            })
        }
    }
}
