//! What a deploy lost: the finding of `fivewhys smoke` that fails the gate although every call passed.

use std::collections::BTreeMap;

use super::review::{Check, Problem, Review, repairs};
use super::{Contract, Subject, problems};
use crate::config::Target;
use crate::diagnose::{Catalogue, Finding, Proof};
use crate::evidence::Manifest;

/// The id of the finding.
pub(crate) const LOST: &str = "required-variable-lost";

/// What the deployed services lack.
#[derive(Debug)]
pub(crate) struct Lost {
    /// The finding, which lists every lost variable.
    pub(crate) finding: Finding,
    /// The services that lack a required variable because of the deploy, as far as it is known.
    pub(crate) services: BTreeMap<String, LostByService>,
}

/// What one service lacks.
#[derive(Debug, Default)]
pub(crate) struct LostByService {
    /// Whether the manifest of the previous revision is known.
    pub(crate) before_is_known: bool,
    /// Every lost variable.
    pub(crate) variables: Vec<String>,
}

/// Returns what the deployed services lack of what the target requires. The finding lists every variable that the deploy
/// lost. It does not fail the run if the previous revisions are known to lack the same variables.
pub(crate) fn lost(
    target: &Target,
    catalogue: &Catalogue,
    deployed: &[String],
    manifests: &BTreeMap<String, Manifest>,
    previous: &BTreeMap<String, Manifest>,
) -> Option<Lost> {
    if deployed.is_empty() {
        return None;
    }
    let contract = Contract::of_target(target, catalogue).ok()?;
    let (now, before) = (subjects(manifests, target), subjects(previous, target));
    let review = Review::new(target, catalogue, &contract, &now, &before);
    let problems = problems(&review).into_iter().filter(|one| deployed.contains(&one.service));
    let mut gone: Vec<Problem> =
        problems.filter(|problem| is_required(problem) || problem.check == Check::VariableLost).collect();
    if !gone.iter().any(is_required) {
        return None;
    }
    let by_this_deploy = |problem: &&Problem| match problem.check {
        Check::RequiredLost => true,
        // If the previous revision is known, it does not have the variable either.
        _ => is_required(problem) && !previous.contains_key(&problem.service),
    };
    let of = |service: &str| LostByService {
        before_is_known: previous.contains_key(service),
        variables: gone.iter().filter(|one| one.service == service).filter_map(|one| one.variable.clone()).collect(),
    };
    let services: BTreeMap<String, LostByService> =
        gone.iter().filter(by_this_deploy).map(|one| (one.service.clone(), of(&one.service))).collect();
    gone.iter_mut().for_each(|problem| with_values(problem, previous));
    let repairs = repairs(&review, &gone).into_iter().map(|repair| format!("to repair: `{repair}`"));
    let finding = Finding {
        id: LOST.to_owned(),
        title: "A deployed service lacks variables that it requires".to_owned(),
        evidence: gone.iter().map(says).chain(repairs).map(|says| Proof::new(says, None)).collect(),
        fails: !services.is_empty(),
    };
    Some(Lost { finding, services })
}

fn subjects(manifests: &BTreeMap<String, Manifest>, target: &Target) -> Vec<Subject> {
    manifests.iter().map(|(service, manifest)| Subject::of_manifest(service, manifest, target)).collect()
}

/// Lets the repair of a problem write the harmless values that the previous manifest has.
fn with_values(problem: &mut Problem, previous: &BTreeMap<String, Manifest>) {
    let before = previous.get(&problem.service);
    for set in &mut problem.sets {
        if let Some(value) = before.and_then(|before| before.env.get(&set.variable)) {
            *set = set.clone().with_value(value);
        }
    }
}

fn is_required(problem: &Problem) -> bool {
    matches!(problem.check, Check::RequiredLost | Check::RequiredAbsent | Check::RequiredBlank)
}

/// Returns what was lost, and the fault that it causes.
fn says(problem: &Problem) -> String {
    let causes = problem.fault.as_ref().map(|fault| format!(" (causes {})", fault.id)).unwrap_or_default();
    format!("{}: {}{causes}", problem.service, problem.says)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rstest::rstest;

    use super::lost;
    use crate::diagnose::Catalogue;
    use crate::evidence::{EnvValue, Manifest};
    use crate::fixtures::staging;

    /// A manifest of the backend that lacks these variables.
    fn without(lacks: &[&str]) -> BTreeMap<String, Manifest> {
        let names = [
            "SERVICE_ID",
            "SERVICE_SECRET",
            "JWT_SECRET",
            "AUTH_SERVICE_URL",
            "DATABASE_URL",
            "GEMINI_API_KEY",
            "COLOUR",
        ];
        let kept = names.into_iter().filter(|name| !lacks.contains(name));
        let secret = EnvValue::Secret { name: "s".to_owned(), version: "1".to_owned() };
        let env = kept.map(|name| (name.to_owned(), secret.clone())).collect();
        BTreeMap::from([("backend".to_owned(), Manifest { name: "b".to_owned(), env, ..Manifest::default() })])
    }

    #[rstest]
    #[case::nothing(&[], Some(vec![]), None)]
    #[case::one(&["SERVICE_SECRET"], Some(vec![]), Some((true, 2)))]
    #[case::everything_is_listed(&["SERVICE_SECRET", "SERVICE_ID", "COLOUR"], Some(vec![]), Some((true, 4)))]
    #[case::not_required(&["COLOUR"], Some(vec![]), None)]
    #[case::it_was_missing_before(&["SERVICE_SECRET"], Some(vec!["SERVICE_SECRET"]), Some((false, 2)))]
    #[case::another_was_missing_before(&["SERVICE_SECRET"], Some(vec!["SERVICE_ID"]), Some((true, 2)))]
    #[case::the_previous_revision_is_not_known(&["SERVICE_SECRET"], None, Some((true, 2)))]
    fn a_required_variable_that_a_deploy_lost_fails_the_run(
        #[case] lacks: &[&str],
        #[case] lacked: Option<Vec<&str>>,
        #[case] expected: Option<(bool, usize)>,
    ) {
        let deployed = ["backend".to_owned()];
        let previous = lacked.map(|lacked| without(&lacked)).unwrap_or_default();
        let of = |deployed: &[String]| lost(&staging(), Catalogue::shipped(), deployed, &without(lacks), &previous);
        let found = of(&deployed).map(|lost| (lost.finding.fails, lost.finding.evidence.len()));
        assert_eq!(found, expected);
        assert!(of(&["auth".to_owned()]).is_none(), "it was not deployed");
    }
}
