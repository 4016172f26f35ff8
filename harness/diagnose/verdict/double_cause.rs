//! Two faults at once as causes: how certain each of them is.

use std::collections::BTreeMap;

use crate::diagnose::infer::candidate::Candidate;
use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::mark_seen;
use crate::diagnose::infer::pair::{Pair, PairFault};
use crate::diagnose::readings::input::FailedStep;
use crate::diagnose::verdict::cause::{Cause, Certainty, RuledOut};
use crate::diagnose::verdict::certainty::{LIKELY, holds_for_all_revisions, named, ruled_out, with_a_rival};

/// From this share on, most pairs contain a fault.
const MOST: f64 = 0.5;

/// Returns both causes of the best pair. The alternatives of each are the faults that other pairs have in its place.
pub(crate) fn causes(
    case: &Case<'_>,
    pairs: &[(Pair<'_, '_>, f64)],
    compared: &[Candidate<'_>],
    open: &[&FailedStep],
) -> Vec<Cause> {
    let out: Vec<RuledOut> =
        ruled_out(case, compared).into_iter().filter(|one| !takes_part(pairs, &one.fault)).collect();
    let [one, other] = &pairs[0].0.faults;
    let both = [(one, other), (other, one)];
    // A fault that explains no failure alone is named only if it is likely, shown by a manifest, or contained in most
    // pairs.
    let cause = |(member, other): &(&PairFault<'_, '_>, &PairFault<'_, '_>)| {
        let here = Candidate { explains: member.explains.clone(), ..member.candidate.clone() };
        let rivals = rivals(pairs, member, other);
        let share: f64 = shares(pairs, &member.candidate.fault.id);
        let certainty = certainty(case, pairs, member, share);
        let mut candidates = vec![(&here, share)];
        candidates.extend(rivals);
        // An intermittent fault can be combined with any unusual fact.
        let most = share >= MOST && !member.candidate.fault.comes_and_goes;
        let told = most || mark_seen::stands_in_a_manifest(case, member.candidate);
        let found = certainty >= Certainty::Likely || told;
        if !member.is_needed && !found && other.is_needed {
            return None;
        }
        let own = |step: &&&FailedStep| member.explains.contains(&step.exchange);
        let explains = open.iter().filter(own).map(|step| step.step.clone()).collect();
        Some(with_a_rival(named(case, &candidates, certainty, explains, out.clone())))
    };
    both.iter().filter_map(cause).collect()
}

/// Returns how certain one fault of a pair is. It is certain only if every remaining pair has it, it is needed, and a
/// record shows its mark: a fact or a decisive line.
fn certainty(case: &Case<'_>, pairs: &[(Pair<'_, '_>, f64)], member: &PairFault<'_, '_>, share: f64) -> Certainty {
    let always = pairs.iter().all(|(pair, _)| has(pair, &member.candidate.fault.id));
    let everywhere = holds_for_all_revisions(case, member.candidate, &member.explains);
    if always && member.is_needed && everywhere && mark_seen::recorded(case, member.candidate) {
        Certainty::Certain
    } else if (always || share >= LIKELY) && mark_seen::marked(case, member.candidate) {
        Certainty::Likely
    } else {
        Certainty::Ambiguous
    }
}

/// Returns the faults that other pairs have together with the same partner.
fn rivals<'w, 'a>(
    pairs: &[(Pair<'w, 'a>, f64)],
    member: &PairFault<'_, '_>,
    partner: &PairFault<'_, '_>,
) -> Vec<(&'w Candidate<'a>, f64)> {
    let mut found: BTreeMap<&str, (&'w Candidate<'a>, f64)> = BTreeMap::new();
    for (pair, share) in pairs.iter().filter(|(pair, _)| !has(pair, &member.candidate.fault.id)) {
        let partnered = has(pair, &partner.candidate.fault.id);
        for one in pair.faults.iter().filter(|one| partnered && one.candidate.fault.id != partner.candidate.fault.id) {
            found.entry(&one.candidate.fault.id).or_insert((one.candidate, 0.0)).1 += share;
        }
    }
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_by(|a, b| b.1.total_cmp(&a.1));
    found
}

fn takes_part(pairs: &[(Pair<'_, '_>, f64)], id: &str) -> bool {
    pairs.iter().any(|(pair, _)| has(pair, id))
}

fn has(pair: &Pair<'_, '_>, id: &str) -> bool {
    pair.faults.iter().any(|one| one.candidate.fault.id == id)
}

fn shares(pairs: &[(Pair<'_, '_>, f64)], id: &str) -> f64 {
    pairs.iter().filter(|(pair, _)| has(pair, id)).map(|(_, share)| share).sum()
}
