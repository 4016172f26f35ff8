//! The path of a failing request in the report: how far it came, which component answered, where the cause is.

use fivewhys::internal::report::{Blame, LegKind, Report};
use fivewhys::internal::terms::Hop;
use rstest::rstest;

use crate::support::program::{FEW, run};

fn passages(more: &[&str]) -> Report {
    let output = run([&["smoke", "--format", "json"], &FEW[..], more].concat());
    serde_json::from_slice(&output.stdout).expect("a report")
}

#[rstest]
#[case::behind_the_backend(&["--fault", "backend-auth/service-secret-mismatch"], Hop::Backend, &[Hop::BackendAuth], Blame::Culprit)]
#[case::at_the_edge(&["--fault", "edge/iam-denied"], Hop::Edge, &[Hop::Edge], Blame::Culprit)]
#[case::open(
    &["--fault", "backend-auth/service-secret-mismatch", "--evidence", "edge,auth"],
    Hop::Backend,
    &[Hop::Backend, Hop::BackendAuth, Hop::Auth],
    Blame::Suspect
)]
fn a_cause_is_shown_where_it_lies(
    #[case] arguments: &[&str],
    #[case] answered: Hop,
    #[case] at: &[Hop],
    #[case] blame: Blame,
) {
    let report = passages(arguments);
    let passage = &report.passages[0];
    let marked = |which: &dyn Fn(&fivewhys::internal::report::HopMark) -> bool| -> Vec<Hop> {
        passage.hops.iter().filter(|mark| which(mark)).map(|mark| mark.hop).collect()
    };
    assert_eq!(marked(&|mark| mark.answered), [answered]);
    assert_eq!(marked(&|mark| mark.blame == blame), at);
    assert_eq!(marked(&|mark| mark.blame != Blame::None), at, "and nothing else is blamed");
    let cited = report.causes[0].whys[0].evidence.iter().any(|proof| proof.exchange == Some(passage.exchange));
    assert!(cited, "the first why cites this request: {}", passage.step);
    let last = passage.legs.last().expect("an answer");
    assert_eq!((last.from, last.to, last.kind), (answered, Hop::Client, LegKind::Answered));
    assert_eq!(passage.legs.iter().filter(|leg| leg.kind == LegKind::Concluded).count(), 1);
}

#[test]
fn what_passes_has_no_passage() {
    assert!(passages(&[]).passages.is_empty());
}
