//! The chain of whys: each link is one claim and the observation that proves it. A link without proof is left out.

use crate::diagnose::infer::candidate::Candidate;
use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::mark_seen::sighting;
use crate::diagnose::model::evidence_rule::EvidenceRule;
use crate::diagnose::readings::probe_result::Reading;
use crate::diagnose::verdict::cause::Why;
use crate::diagnose::wording::proof::Proof;
use crate::diagnose::wording::readings;
use crate::terms::EndpointKind;

/// Returns the chain for a fault: the failing step, then each claim of the fault that an observation proves.
pub(crate) fn chain(case: &Case<'_>, candidate: &Candidate<'_>) -> Vec<Why> {
    let first = first_failure(case, candidate.explains.iter().copied());
    let links = candidate.fault.whys.iter().filter_map(|rule| {
        let proof = Proof::of_sighting(&sighting(case, candidate, rule)?, case);
        let repeats = first.as_ref().is_some_and(|why| {
            why.evidence.first().is_some_and(|one| {
                one.exchange.is_some()
                    && one.exchange == proof.exchange
                    && matches!(rule.proof, EvidenceRule::Reading(..))
            })
        });
        (!repeats || rule.mark).then(|| Why { claim: rule.claim.clone(), evidence: vec![proof] })
    });
    first.clone().into_iter().chain(links).collect()
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
        (Some(status), _) => match seen.grpc_status {
            Some(grpc) => format!("{call} answered {status}, with the gRPC status {grpc}"),
            None => format!("{call} answered {status}"),
        },
        (None, _) => format!("{call} got no answer"),
    };
    let because: Vec<String> = seen.because.iter().map(|one| format!("{} ({})", one.claim, one.bytes)).collect();
    let says = format!("{}{}, in {} ms", because.join("; "), readings::quoted(seen), seen.took_ms);
    Why { claim, evidence: vec![Proof::new(says, Some(seen.exchange))] }
}
