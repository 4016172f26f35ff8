//! Hints order the candidates and mark the unlikely ones. They make no candidate likely.

use rstest::rstest;

use crate::config::Target;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::readings::input::{FailedStep, Given};
use crate::diagnose::verdict::cause::{Cause, Certainty};
use crate::diagnose::verdict::diagnose;
use crate::evidence::Evidence;
use crate::fixtures::{by_lists, endpoint, exchange};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::terms::TokenKind::{None as NoToken, Valid, WrongKey};

const PROTECTED: &str = "backend.chat-messages";

/// Returns two faults with the same predictions. One of them has this in addition.
fn catalogue(more: &str) -> Catalogue {
    let entry = |slug: &str, more: &str| {
        format!(
            "[[fault]]\nid = \"backend/{slug}\"\ntitle = \"t\"\nprior = \"uncommon\"\ninvolves = []\ncurable_by_rollback = false\n\
             owner = \"o\"\nfix = \"f\"\nwhys = [{{ claim = \"c\", proof = \"protected valid = denied\" }}]\n[[fault.mode]]\n\
             predict = [{{ on = \"protected valid\", result = [\"denied\"] }}]\n{more}\n"
        )
    };
    let text = [entry("lunch", more), entry("tea", "")].concat();
    Catalogue::of(&[("two.toml".to_owned(), text)]).expect("it is in order")
}

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
#[case::as_usual(r#"usual = [{ on = "protected valid", differs_from = "wrong-key" }]"#, false)]
#[case::otherwise(r#"usual = [{ on = "protected valid", same_as = "wrong-key" }]"#, true)]
#[case::one_is_enough(r#"usual = [{ on = "protected", same_as = "wrong-key", some = true }]"#, false)]
#[case::none_of_them(r#"usual = [{ on = "protected valid", result = ["failed"], some = true }]"#, true)]
fn an_unusual_observation_makes_unlikely_but_excludes_nothing(#[case] usual: &str, #[case] unlikely: bool) {
    let seen = [answered(1, Valid, 403, "{}"), answered(2, WrongKey, 401, "{}"), answered(3, NoToken, 401, "{}")];
    let causes = verdict(&by_lists(), &catalogue(usual), &seen);
    let (lunch, tea) = (of(&causes, "backend/lunch").expect("possible"), of(&causes, "backend/tea").expect("possible"));
    assert_eq!(lunch.1, unlikely, "{causes:?}");
    assert_eq!(lunch.0 < tea.0, unlikely, "{causes:?}");
}

#[test]
fn hints_alone_make_nothing_likely() {
    let others = r#"usual = [{ on = "protected valid", result = ["failed"] }, { on = "protected valid", same_as = "wrong-key" }]"#;
    let seen = [answered(1, Valid, 403, "{}"), answered(2, WrongKey, 401, "{}")];
    let causes = verdict(&by_lists(), &catalogue(others), &seen);
    let tea = of(&causes, "backend/tea").expect("possible");
    assert!(tea.0 > of(&causes, "backend/lunch").expect("possible").0 * 50.0, "{causes:?}");
    assert_eq!(causes[0].certainty, Certainty::Ambiguous);
}

#[rstest]
#[case::it_failed_and_then_went_well(&[403, 200, 200], true)]
#[case::it_failed_each_time(&[403, 403, 403], false)]
fn mixed_revisions_need_an_intermittent_call(#[case] statuses: &[u16], #[case] can_be: bool) {
    let body = |status: u16| if status == 200 { r#"{"messages":[]}"# } else { "{}" };
    let seen: Vec<Observation> =
        (1..).zip(statuses).map(|(id, status)| answered(id, Valid, *status, body(*status))).collect();
    let causes = verdict(&by_lists(), Catalogue::shipped(), &seen);
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
    let target = Target { startup_check, ..by_lists() };
    let seen = [answered(1, Valid, 401, "{}"), answered(2, WrongKey, 401, "{}")];
    let causes = verdict(&target, Catalogue::shipped(), &seen);
    assert_eq!(of(&causes, "backend-auth/service-secret-missing").is_some(), can_be, "{causes:?}");
}
