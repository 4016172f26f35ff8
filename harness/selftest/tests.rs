//! A small slice of the exam: it can be taken, its replays are what the live runs came to, and nothing is wrong and certain.

use fivewhys_mocks::{Dialect, Fault};

use super::{Outcome, Selftest, examine, render};
use crate::scenario;
use crate::target::{Overrides, TargetFile};

async fn slice(faults: &[&str]) -> Outcome {
    let target = TargetFile::embedded().expect("the shipped file").resolve(Some("offline"), &Overrides::default());
    let faults: Vec<Fault> = faults.iter().map(|id| id.parse().expect("a fault of the twin")).collect();
    let exam = Selftest {
        target: target.expect("`offline` resolves"),
        scenarios: scenario::embedded().expect("the shipped scenarios"),
        faults,
        dialects: vec![Dialect::Observed],
        seed: 1,
        quick: true,
        keep: None,
        from: None,
    };
    examine(&exam, &|_, _| {}).await.expect("it can be taken")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slice_of_the_exam_is_passed_as_its_live_runs_were() {
    let outcome = slice(&["auth/down", "edge/iam-denied"]).await;
    let results = &outcome.results;
    assert_eq!(results.unlike_live, [""; 0]);
    assert!(results.marks.iter().all(|one| !one.judgement.wrong_and_certain()), "{}", render(&outcome));
    let all = |fault: &str| results.marks.iter().find(|one| one.doors == "all" && one.fault() == fault).cloned();
    for fault in ["auth/down", "edge/iam-denied"] {
        let mark = all(fault).expect("a mark through all doors");
        assert!(mark.visible && mark.separable(), "{mark:?}");
        assert!(mark.judgement.right_at_1 && mark.judgement.chain_right, "{mark:?}");
    }
    assert!(all("auth/down + edge/iam-denied").is_some(), "and the two together");
    for run in &results.healthy {
        assert!(!run.is_accused(), "{run:?}");
        assert!(run.noise.is_some() || (run.failed == 0 && run.named.is_empty()), "{run:?}");
    }
}
