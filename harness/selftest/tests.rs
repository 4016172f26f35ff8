//! A small exam: it runs, its replays equal the live runs, and no verdict is wrong and certain.

use std::path::Path;

use fivewhys_mocks::{Dialect, Fault};

use super::{Selftest, examine, render};
use crate::config::{Overrides, TargetFile};
use crate::scenario;
use crate::selftest::table::results::Outcome;

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
        keep: keep.map(Path::to_owned),
        from: from.map(Path::to_owned),
    };
    examine(&exam, &|_, _| {}).await.expect("it can be taken")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_exam_is_passed_and_equals_its_live_runs() {
    let outcome = slice(&["auth/down", "edge/iam-denied"], None, None).await;
    let results = &outcome.results;
    assert_eq!(results.unlike_live, [""; 0]);
    assert!(results.marks.iter().all(|one| !one.judgement.wrong_and_certain()), "{}", render(&outcome));
    let all =
        |fault: &str| results.marks.iter().find(|one| one.evidence_sources == "all" && one.fault() == fault).cloned();
    for fault in ["auth/down", "edge/iam-denied"] {
        let mark = all(fault).expect("a mark through all evidence");
        assert!(mark.visible && mark.separable(), "{mark:?}");
        assert!(mark.judgement.right_at_1 && mark.judgement.chain_right, "{mark:?}");
    }
    assert!(all("auth/down + edge/iam-denied").is_some(), "the pair is examined too");
    for run in &results.healthy {
        assert!(!run.is_accused(), "{run:?}");
        assert!(run.noise.is_some() || (run.failed == 0 && run.named.is_empty()), "{run:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kept_recordings_are_judged_as_before() {
    let directory = tempfile::tempdir().expect("a directory");
    let live = slice(&["edge/iam-denied"], Some(directory.path()), None).await.results;
    let again = slice(&[], None, Some(directory.path())).await.results;
    let judged = |results: &crate::selftest::table::results::Results| -> Vec<_> {
        results.marks.iter().map(|one| (one.fault(), one.evidence_sources.clone(), one.judgement.clone())).collect()
    };
    assert_eq!(judged(&live), judged(&again));
    assert!(live.ran && !again.ran && again.healthy.is_empty());
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
        keep: None,
        from,
    };
    let error = examine(&exam, &|_, _| {}).await.expect_err("nothing is there");
    assert!(error.to_string().contains("the directory has no recordings"), "{error}");
}
