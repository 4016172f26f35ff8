//! What rules a candidate out: failures that do not come and go, and a check at the start.

use rstest::rstest;

use crate::config::Target;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::readings::input::{FailedStep, Given};
use crate::diagnose::verdict::cause::Cause;
use crate::diagnose::verdict::diagnose;
use crate::evidence::Evidence;
use crate::fixtures::{endpoint, exchange, staging};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::terms::TokenKind::{Valid, WrongKey};

const PROTECTED: &str = "backend.chat-messages";

fn answered(id: u32, token: crate::terms::TokenKind, status: u16, body: &str) -> Observation {
    let probe = Exchange { id, ..exchange(PROTECTED, token).answered(status, "application/json", body) };
    observe(&probe, &endpoint(PROTECTED), "").expect("an observation")
}

fn verdict(target: &Target, catalogue: &Catalogue, observations: &[Observation]) -> Vec<Cause> {
    let evidence = Evidence::default();
    let failed = [FailedStep { step: "s/t".into(), exchange: 1, control: false }];
    diagnose(Given { target, observations, sent: &[], evidence: &evidence, failed: &failed }, catalogue)
}

/// Returns the share of this fault and whether a hint is evidence against it. `None`: it is no candidate.
fn of(causes: &[Cause], fault: &str) -> Option<(f64, bool)> {
    let first = &causes[0];
    if first.fault == fault {
        return Some((first.confidence, false));
    }
    first.alternatives.iter().find(|one| one.fault == fault).map(|one| (one.confidence, one.unlikely))
}

#[rstest]
#[case::it_failed_and_then_went_well(&[403, 200, 200], true)]
#[case::it_failed_each_time(&[403, 403, 403], false)]
fn mixed_revisions_need_an_intermittent_call(#[case] statuses: &[u16], #[case] can_be: bool) {
    let body = |status: u16| if status == 200 { r#"{"messages":[]}"# } else { "{}" };
    let seen: Vec<Observation> =
        (1..).zip(statuses).map(|(id, status)| answered(id, Valid, *status, body(*status))).collect();
    let causes = verdict(&staging(), Catalogue::shipped(), &seen);
    assert_eq!(of(&causes, "backend/mixed-revisions").is_some(), can_be, "{causes:?}");
}

#[rstest]
#[case::it_checks(Some(true), false)]
#[case::it_does_not(Some(false), true)]
#[case::unknown(None, true)]
fn a_startup_check_rules_out_a_running_backend_without_secret(
    #[case] startup_check: Option<bool>,
    #[case] can_be: bool,
) {
    let target = Target { startup_check, ..staging() };
    let seen = [answered(1, Valid, 401, "{}"), answered(2, WrongKey, 401, "{}")];
    let causes = verdict(&target, Catalogue::shipped(), &seen);
    assert_eq!(of(&causes, "backend-auth/service-secret-missing").is_some(), can_be, "{causes:?}");
}
