//! A small exam: it runs, its replays equal the live runs, and no verdict is wrong and certain.

use std::path::Path;

use fivewhys_mocks::{Dialect, Fault};

use super::{Amount, Selftest, examine, render};
use crate::config::{Overrides, TargetFile};
use crate::scenario;
use crate::selftest::table::results::{Outcome, Results};

/// The only pair that two faults make, and as many healthy systems as there are sets of evidence, which they take in turn.
const AMOUNT: Amount = Amount { pairs: 1, healthy_noisy: 7, healthy_quiet: 3 };

async fn slice(faults: &[&str], keep: Option<&Path>, from: Option<&Path>) -> Outcome {
    let target = TargetFile::embedded().expect("the shipped file").resolve(Some("offline"), &Overrides::default());
    let faults: Vec<Fault> = faults.iter().map(|id| id.parse().expect("a fault of the twin")).collect();
    let exam = Selftest {
        target: target.expect("`offline` resolves"),
        scenarios: scenario::embedded().expect("the shipped scenarios"),
        faults,
        dialects: vec![Dialect::Observed],
        seed: 1,
        quick: true,
        amount: AMOUNT,
        keep: keep.map(Path::to_owned),
        from: from.map(Path::to_owned),
    };
    examine(&exam, &|_, _| {}).await.expect("it can be taken")
}

/// The exam is judged twice: live, and from the recordings that it kept.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes of CPU, and its healthy runs fail beside other tests: cargo test --lib a_small_exam -- --ignored"]
async fn a_small_exam_is_passed_and_its_recordings_are_judged_as_live() {
    let directory = tempfile::tempdir().expect("a directory");
    let outcome = slice(&["auth/down", "edge/iam-denied"], Some(directory.path()), None).await;
    assert_is_passed(&outcome);
    let (live, again) = (outcome.results, slice(&[], None, Some(directory.path())).await.results);
    let judged = |results: &Results| -> Vec<_> {
        results.marks.iter().map(|one| (one.fault(), one.evidence_sources.clone(), one.judgement.clone())).collect()
    };
    assert_eq!(judged(&live), judged(&again));
    assert!(live.ran && !again.ran && again.healthy.is_empty());
}

fn assert_is_passed(outcome: &Outcome) {
    let results = &outcome.results;
    assert_eq!(results.unlike_live, [""; 0]);
    assert!(results.marks.iter().all(|one| !one.judgement.wrong_and_certain()), "{}", render(outcome));
    let all =
        |fault: &str| results.marks.iter().find(|one| one.evidence_sources == "all" && one.fault() == fault).cloned();
    for fault in ["auth/down", "edge/iam-denied"] {
        let mark = all(fault).expect("a mark through all evidence");
        assert!(mark.visible && mark.separable(), "{mark:?}");
        assert!(mark.judgement.right_at_1 && mark.judgement.chain_right, "{mark:?}");
    }
    assert!(all("auth/down + edge/iam-denied").is_some(), "the pair is examined too");
    assert_eq!(results.healthy.len(), AMOUNT.healthy_noisy + AMOUNT.healthy_quiet);
    for run in &results.healthy {
        assert!(!run.is_accused(), "{run:?}");
        assert!(run.noise.is_some() || (run.failed == 0 && run.named.is_empty()), "{run:?}");
    }
}

#[tokio::test]
async fn a_directory_without_recordings_is_a_mistake() {
    let directory = tempfile::tempdir().expect("a directory");
    let target = TargetFile::embedded().expect("the shipped file").resolve(Some("offline"), &Overrides::default());
    let from = Some(directory.path().to_owned());
    let target = target.expect("`offline` resolves");
    let exam = Selftest {
        target,
        scenarios: Vec::new(),
        faults: Vec::new(),
        dialects: Vec::new(),
        seed: 1,
        quick: true,
        amount: AMOUNT,
        keep: None,
        from,
    };
    let error = examine(&exam, &|_, _| {}).await.expect_err("nothing is there");
    assert!(error.to_string().contains("the directory has no recordings"), "{error}");
}
