//! What the log tells beside a cause that is found: another fault that the first one hides from every call. Sits in `diagnose`, used by
//! `conclude`.

use std::collections::BTreeSet;

use super::case::Case;
use super::logbook::LogMatch;
use super::one::named;
use super::pair::can_be_together;
use super::verdict::{Cause, Certainty};
use super::weigh::{Weighed, Weighing};

/// A cause that explains no failure, for a line that only it leaves. Never certain: nobody has seen it fail anything.
pub(super) fn told_by_the_log(case: &Case<'_>, weighing: &Weighing<'_>, found: &Cause) -> Option<Cause> {
    if found.certainty < Certainty::Likely {
        return None;
    }
    let known: BTreeSet<&str> =
        found.alternatives.iter().map(|one| one.fault.as_str()).chain([found.fault.as_str()]).collect();
    let is_known = |one: &Weighed<'_>| known.contains(one.fault.id.as_str());
    let accounted: BTreeSet<String> = weighing
        .best
        .iter()
        .filter(|one| is_known(one))
        .filter_map(|one| Some(one.log.as_ref()?.says.clone()))
        .collect();
    let first = weighing.best.iter().find(|one| one.fault.id == found.fault)?;
    let leaves_a_line = |one: &&Weighed<'_>| line(one, case).is_some_and(|line| !accounted.contains(&line.says));
    // At the same hop it is rather the same thing in other words.
    let elsewhere = |one: &&Weighed<'_>| !is_known(one) && one.fault.hop() != first.fault.hop();
    let hidden = weighing.modes.iter().filter(elsewhere).filter(leaves_a_line);
    let mut hidden: Vec<&Weighed<'_>> = hidden.filter(|one| can_be_together(first, one, case)).collect();
    hidden.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut faults = BTreeSet::new();
    hidden.retain(|one| faults.insert(one.fault.id.as_str()));
    let share = 1.0 / hidden.len().max(1) as f64;
    let candidates: Vec<(&Weighed<'_>, f64)> = hidden.into_iter().map(|one| (one, share)).collect();
    let certainty = if candidates.len() == 1 { Certainty::Likely } else { Certainty::Ambiguous };
    (!candidates.is_empty()).then(|| named(case, &candidates, certainty, Vec::new(), Vec::new()))
}

/// A decisive line of the failing calls, or of every call of one surface.
fn line(one: &Weighed<'_>, case: &Case<'_>) -> Option<LogMatch> {
    let of_the_failure = one.log.clone().filter(|line| line.decisive);
    of_the_failure.or_else(|| one.fault.log.iter().find_map(|rule| case.logbook.find_at_a_surface(rule)))
}
