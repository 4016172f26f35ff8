//! What no fault of the catalogue explains: an unknown cause, and failures that did not happen again.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnose::infer::candidate::Candidate;
use crate::diagnose::infer::case::Case;
use crate::diagnose::readings::input::FailedStep;
use crate::diagnose::verdict::cause::{Alternative, Cause, Certainty, Hops, Why};
use crate::diagnose::verdict::certainty::{rounded, ruled_out};
use crate::diagnose::verdict::explanation;
use crate::diagnose::wording::proof::Proof;
use crate::terms::Hop;

/// Adds a step to the cause that explains the earlier step from which it follows.
pub(crate) fn add_consequence(causes: &mut [Cause], step: &FailedStep, of: Option<&FailedStep>) {
    let explains = |cause: &&mut Cause| of.is_some_and(|of| cause.explains.contains(&of.step));
    if let Some(cause) = causes.iter_mut().find(explains)
        && !cause.explains.contains(&step.step)
    {
        cause.explains.push(step.step.clone());
    }
}

/// Returns a cause without a fault for a lost connection that did not happen again.
pub(crate) fn it_passed(case: &Case<'_>, failed: &[FailedStep], passing: &BTreeSet<u32>) -> Option<Cause> {
    let steps: Vec<&FailedStep> = failed.iter().filter(|step| passing.contains(&step.exchange)).collect();
    let first = steps.first()?;
    let reading = case.readings.all.iter().find(|reading| reading.lost.contains(&first.exchange))?;
    let says = format!("{} of {} attempts of the same call got no answer", reading.lost.len(), reading.exchanges.len());
    let why = Why {
        claim: "the connection ended without an answer, and the same call succeeded when it was repeated".into(),
        evidence: vec![Proof::new(says, Some(first.exchange))],
    };
    let title = "A connection was lost once; the same call succeeded when it was repeated".into();
    Some(Cause { title, whys: vec![why], ..nameless(Hop::Network, &steps) })
}

/// Returns an unknown cause: no fault of the catalogue matches, so only the hop that answered is known.
pub(crate) fn unknown(case: &Case<'_>, open: &[&FailedStep], compared: &[Candidate<'_>]) -> Cause {
    let of_step = |step: &&FailedStep| case.readings.all.iter().find(|one| one.observation.exchange == step.exchange);
    let hop = open.iter().find_map(of_step).map_or(Hop::Unknown, |reading| reading.observation.answered_by);
    let whys = explanation::first_failure(case, open.iter().map(|step| step.exchange));
    Cause { whys: whys.into_iter().collect(), ruled_out: ruled_out(case, compared), ..nameless(hop, open) }
}

/// Returns an unknown cause at a hop that the model of the path finds most likely. The faults of the catalogue that
/// remain are less likely.
pub(crate) fn at(
    case: &Case<'_>,
    (hop, share): (Hop, f64),
    open: &[&FailedStep],
    candidates: &[(&Candidate<'_>, f64)],
    compared: &[Candidate<'_>],
) -> Cause {
    let whys = explanation::first_failure(case, open.iter().map(|step| step.exchange));
    let title = format!("No fault of the catalogue fits well; most likely something else is wrong at: {hop}");
    let rivals = candidates.iter().map(|(one, share)| Alternative {
        fault: one.fault.id.clone(),
        title: one.fault.title.clone(),
        confidence: rounded(*share),
        unlikely: false,
        settled_by: None,
    });
    Cause {
        title,
        confidence: rounded(share),
        whys: whys.into_iter().collect(),
        alternatives: rivals.collect(),
        ruled_out: ruled_out(case, compared),
        ..nameless(hop, open)
    }
}

fn nameless(hop: Hop, steps: &[&FailedStep]) -> Cause {
    Cause {
        fault: format!("unknown@{hop}"),
        title: format!("No fault of the catalogue matches the observations; the failing response came from: {hop}"),
        hop: Hops::One(hop),
        certainty: Certainty::Unknown,
        confidence: 0.0,
        explains: steps.iter().map(|step| step.step.clone()).collect(),
        alternatives: Vec::new(),
        whys: Vec::new(),
        worst_lines: Vec::new(),
        ruled_out: Vec::new(),
        involves: Vec::new(),
        suspects: BTreeMap::new(),
        owner: None,
        fix: None,
        verify: None,
        rollback: None,
        settled_by: None,
    }
}
