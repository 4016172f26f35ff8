//! Two faults at once as causes: how certain each of them is.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnose::infer::candidate::{Candidate, Compared};
use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::double_fault::{Pair, PairFault};
use crate::diagnose::infer::mark_seen;
use crate::diagnose::infer::masked_fault::masked_faults;
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
        let most = share >= MOST && !member.candidate.mode.comes_and_goes;
        let told = most || mark_seen::stands_in_a_manifest(case, member.candidate);
        let found = certainty >= Certainty::Likely || told;
        if !member.is_needed && !found && other.is_needed {
            return None;
        }
        let own = |step: &&&FailedStep| member.explains.contains(&step.exchange);
        let explains = open.iter().filter(own).map(|step| step.step.clone()).collect();
        Some(with_a_rival(case, named(case, &candidates, certainty, explains, out.clone())))
    };
    both.iter().filter_map(cause).collect()
}

/// Returns a cause that explains no failure, for a record that only its fault leaves.
/// It is never certain, since no call was seen to fail because of it.
pub(crate) fn masked_cause(case: &Case<'_>, compared: &Compared<'_>, found: &Cause) -> Option<Cause> {
    if found.certainty < Certainty::Likely {
        return None;
    }
    let found_too = found.alternatives.iter().map(|one| one.fault.as_str());
    let known: BTreeSet<&str> = found_too.chain([found.fault.as_str()]).collect();
    let hidden = masked_faults(case, compared, &found.fault, &known);
    let share = 1.0 / hidden.len().max(1) as f64;
    let candidates: Vec<(&Candidate<'_>, f64)> = hidden.iter().map(|one| (one, share)).collect();
    let certainty = if candidates.len() == 1 { Certainty::Likely } else { Certainty::Ambiguous };
    (!candidates.is_empty()).then(|| named(case, &candidates, certainty, Vec::new(), Vec::new()))
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
