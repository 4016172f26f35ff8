//! What the log tells beside a cause that is found: another fault that the first one hides from every call. Sits in `diagnose`, used by
//! `conclude`.

use std::collections::{BTreeMap, BTreeSet};

use super::case::Case;
use super::fault::LogScope;
use super::logbook::LogMatch;
use super::one::named;
use super::pair::can_be_together;
use super::verdict::{Cause, Certainty};
use super::weigh::{Weighed, Weighing};

/// A cause that explains no failure, for a line that only it leaves. Never certain: nobody has seen it fail anything.
pub(super) fn told_by_the_log<'w, 'a>(case: &Case<'_>, weighing: &'w Weighing<'a>, found: &Cause) -> Option<Cause> {
    if found.certainty < Certainty::Likely {
        return None;
    }
    let known: BTreeSet<&str> =
        found.alternatives.iter().map(|one| one.fault.as_str()).chain([found.fault.as_str()]).collect();
    let is_known = |one: &Weighed<'_>| known.contains(one.fault.id.as_str());
    let first = weighing.best.iter().find(|one| one.fault.id == found.fault)?;
    // What one of two revisions writes is of what differs between them.
    if first.mode.comes_and_goes {
        return None;
    }
    let accounted: BTreeSet<String> =
        weighing.best.iter().filter(|one| is_known(one)).flat_map(|one| lines(one, case)).collect();
    // At the same hop it is rather the same thing in other words.
    let elsewhere = |one: &&Weighed<'_>| !is_known(one) && one.fault.hop() != first.fault.hop();
    let new_line = |one: &'w Weighed<'a>| {
        let log = line(one, case).filter(|line| !accounted.contains(&line.says))?;
        Some((one.fault.id.as_str(), log))
    };
    let written: BTreeMap<&str, LogMatch> = weighing.best.iter().filter(elsewhere).filter_map(new_line).collect();
    let modes = weighing.modes.iter().filter_map(|one| Some((one, written.get(one.fault.id.as_str())?)));
    let possible = modes.filter(|(one, _)| can_be_together(first, one, case));
    let mut hidden: Vec<Weighed<'_>> =
        possible.map(|(one, line)| Weighed { log: Some(line.clone()), ..one.clone() }).collect();
    hidden.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut faults = BTreeSet::new();
    hidden.retain(|one| faults.insert(one.fault.id.as_str()));
    let share = 1.0 / hidden.len().max(1) as f64;
    let candidates: Vec<(&Weighed<'_>, f64)> = hidden.iter().map(|one| (one, share)).collect();
    let certainty = if candidates.len() == 1 { Certainty::Likely } else { Certainty::Ambiguous };
    (!candidates.is_empty()).then(|| named(case, &candidates, certainty, Vec::new(), Vec::new()))
}

/// A decisive line of the failing calls, or of every call of one surface; one that was written at any time tells nothing of now.
fn line(one: &Weighed<'_>, case: &Case<'_>) -> Option<LogMatch> {
    let of_the_failure = one.log.clone().filter(|line| line.decisive && !line.at_any_time);
    let mut rules = one.fault.log.iter().filter(|rule| rule.scope != LogScope::Any);
    of_the_failure.or_else(|| rules.find_map(|rule| case.logbook.find_at_a_surface(rule)))
}

/// Whatever a known fault leaves, decisive or not.
fn lines(one: &Weighed<'_>, case: &Case<'_>) -> Vec<String> {
    let at_a_surface = one.fault.log.iter().filter_map(|rule| case.logbook.find_at_a_surface(rule));
    one.log.iter().cloned().chain(at_a_surface).map(|line| line.says).collect()
}
