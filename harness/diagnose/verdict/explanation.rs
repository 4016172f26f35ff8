//! The chain of whys: each link is one claim and the observation that proves it. A link without proof is left out.

use crate::diagnose::infer::candidate::Weighed;
use crate::diagnose::infer::case::Case;
use crate::diagnose::model::evidence_rule::ProofRule;
use crate::diagnose::model::fault::WhyRule;
use crate::diagnose::readings::probe_result::Reading;
use crate::diagnose::verdict::cause::{Proof, Why};
use crate::diagnose::wording::readings;
use crate::terms::EndpointKind;

/// Returns the chain for a fault: the failing step, then each claim of the fault that an observation proves.
pub(crate) fn chain(case: &Case<'_>, weighed: &Weighed<'_>) -> Vec<Why> {
    let first = first_failure(case, weighed.explains.iter().copied());
    let links = weighed.fault.whys.iter().filter_map(|rule| {
        let proof = proof(case, weighed, rule)?;
        let repeats = first.as_ref().is_some_and(|why| {
            why.evidence.first().is_some_and(|one| {
                one.exchange.is_some() && one.exchange == proof.exchange && matches!(rule.proof, ProofRule::Reading(..))
            })
        });
        (!repeats || rule.mark).then(|| Why { claim: rule.claim.clone(), evidence: vec![proof] })
    });
    first.clone().into_iter().chain(links).collect()
}

/// Reports whether a mark of the fault was seen.
pub(crate) fn marked(case: &Case<'_>, weighed: &Weighed<'_>) -> bool {
    weighed.fault.whys.iter().any(|rule| rule.mark && decisive(rule, weighed) && proof(case, weighed, rule).is_some())
}

/// Reports whether a mark of the fault was seen in a record: a fact or a decisive line. No second fault can leave it.
pub(crate) fn recorded(case: &Case<'_>, weighed: &Weighed<'_>) -> bool {
    let record = |rule: &WhyRule| matches!(rule.proof, ProofRule::Fact(..) | ProofRule::Log);
    let mut marks = weighed.fault.whys.iter().filter(|rule| rule.mark && record(rule) && decisive(rule, weighed));
    marks.any(|rule| proof(case, weighed, rule).is_some())
}

/// Reports whether a fact is present that counts as a mark only together with a log line.
pub(crate) fn stands_in_a_manifest(case: &Case<'_>, weighed: &Weighed<'_>) -> bool {
    let noted = |rule: &WhyRule| rule.mark && rule.beside_a_line && proof(case, weighed, rule).is_some();
    weighed.fault.whys.iter().any(noted)
}

/// Reports whether an observation proves any claim of the fault.
pub(crate) fn claimed(case: &Case<'_>, weighed: &Weighed<'_>) -> bool {
    weighed.fault.whys.iter().any(|rule| proven(case, weighed, rule))
}

/// Reports whether an observation proves this link.
pub(crate) fn proven(case: &Case<'_>, weighed: &Weighed<'_>, rule: &WhyRule) -> bool {
    proof(case, weighed, rule).is_some()
}

fn decisive(rule: &WhyRule, weighed: &Weighed<'_>) -> bool {
    let line = !rule.beside_a_line || weighed.has_its_line();
    line && (!matches!(rule.proof, ProofRule::Log) || weighed.log.as_ref().is_some_and(|line| line.decisive))
}

/// Returns the outermost failure as a link, such as `POST /api/chat/stream answered 403`.
/// Its proof is the component that answered and the time it took.
pub(crate) fn first_failure(case: &Case<'_>, exchanges: impl Iterator<Item = u32>) -> Option<Why> {
    let exchanges: Vec<u32> = exchanges.collect();
    let steps: Vec<u32> =
        case.failed.iter().map(|step| step.exchange).filter(|exchange| exchanges.contains(exchange)).collect();
    let all_the_way = |exchange: &&u32| case.is_all_the_way(**exchange);
    let exchange = *steps.iter().find(all_the_way).or_else(|| steps.first()).or_else(|| exchanges.first())?;
    let reading = case.readings.all.iter().find(|reading| reading.exchanges.contains(&exchange))?;
    Some(failure(case, reading))
}

fn failure(case: &Case<'_>, reading: &Reading<'_>) -> Why {
    let seen = reading.observation;
    let call = readings::call(&seen.probe.endpoint, case.target);
    let websocket = case
        .target
        .endpoints
        .get(&seen.probe.endpoint)
        .is_some_and(|endpoint| endpoint.kind == EndpointKind::Websocket);
    let claim = match (seen.status, seen.close_code) {
        (Some(101), Some(code)) if websocket => format!("{call} was closed with {code}"),
        (Some(status), _) => format!("{call} answered {status}"),
        (None, _) => format!("{call} got no answer"),
    };
    let because: Vec<String> = seen.because.iter().map(|one| format!("{} ({})", one.claim, one.bytes)).collect();
    let says = format!("{}, in {} ms", because.join("; "), seen.took_ms);
    Why { claim, evidence: vec![Proof::new(says, Some(seen.exchange))] }
}

fn proof(case: &Case<'_>, weighed: &Weighed<'_>, rule: &WhyRule) -> Option<Proof> {
    if rule.mode.as_ref().is_some_and(|mode| *mode != weighed.mode.name) {
        return None;
    }
    match &rule.proof {
        ProofRule::Log => weighed.log.as_ref().map(|line| line.proof()),
        ProofRule::Fact(key, values) => {
            let fact = case.fact(key)?;
            let named = || values.iter().any(|word| word == fact.value);
            let proves = if values.is_empty() { weighed.mode.demands(fact) } else { named() };
            proves.then(|| fact.proof())
        }
        ProofRule::Reading(on, results) => {
            let fits = |reading: &&Reading<'_>| {
                on.matches(&reading.cell)
                    && results.contains(&reading.observation.result)
                    && !case.readings.also_through_the_edge(reading)
            };
            case.readings.all.iter().find(fits).map(|reading| readings::reading(reading, case.target))
        }
        ProofRule::SameAs(on, token) => {
            case.readings.failing().filter(|reading| on.matches(&reading.cell)).find_map(|reading| {
                let control = case.readings.control(reading, *token)?;
                reading.is_same_response_as(control).then(|| same(case, reading, control))
            })
        }
    }
}

fn same(case: &Case<'_>, reading: &Reading<'_>, control: &Reading<'_>) -> Proof {
    let control = readings::reading(control, case.target);
    Proof::new(format!("same response as for {}", control.says), Some(reading.observation.exchange))
}
