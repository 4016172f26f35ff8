//! What a pool of users finds in a twin with a fault that only many users show.

use std::collections::BTreeSet;

use fivewhys::internal::report::{ObjectiveOutcome, RunOutcome};

use super::{SERVED, finding_ids, load, pool, served};
use crate::support::program::{run, stdout};

#[test]
fn a_healthy_system_serves_every_user_and_leaks_nothing() {
    let (code, report) = pool(&[]);
    let load = load(&report);
    assert_eq!((code, report.outcome), (Some(0), RunOutcome::Passed), "{:?}", load.failures);
    assert_eq!((finding_ids(&report), load.leak_count, &load.common), (Vec::new(), 0, &Vec::new()));
    let kinds: Vec<&str> = load.latency.iter().map(|one| one.kind.as_str()).collect();
    assert!(kinds.contains(&"http"), "{kinds:?}");
    assert!(load.latency.iter().all(|one| one.p50_ms <= one.p99_ms && one.p99_ms <= one.max_ms * 1.001));
    assert!(load.calls >= 100 && load.latency.iter().map(|one| one.calls).sum::<u64>() == load.calls);
}

#[test]
fn events_of_another_user_are_a_leak_with_both_exchanges() {
    let (code, report) = pool(&["-s", "stream", "-s", "events", "--load-fault", "leak"]);
    let load = load(&report);
    assert_eq!((code, finding_ids(&report)), (Some(1), vec!["backend/cross-user-leak"]), "{:?}", load.failures);
    assert!(load.leak_count > 0 && report.findings[0].fails);
    for leak in &load.leaks {
        let exchange = |id: u32| {
            let found = report.probes.iter().find(|probe| probe.exchange.id == id);
            found.unwrap_or_else(|| panic!("exchange {id} is not kept")).exchange.clone()
        };
        let seen = exchange(leak.exchange);
        let texts = seen.events.iter().map(|event| &event.data).chain(seen.received().map(|frame| &frame.data));
        assert!(texts.into_iter().any(|text| text.contains(&leak.marker)), "{leak:?}");
        assert!(leak.owner != leak.seen_by && seen.probe.user == leak.seen_by, "{leak:?}");
        let sent = exchange(leak.sent_in.expect("the owner's exchange is kept"));
        let said = sent.frames.iter().map(|frame| frame.data.as_str()).chain(sent.request.body.as_deref());
        assert!(said.into_iter().any(|text| text.contains(&leak.marker)), "{leak:?}");
        assert_eq!(sent.probe.user, leak.owner);
    }
}

#[test]
fn an_identity_that_requests_share_leaks_threads() {
    let (code, report) = pool(&["-s", "messages", "--fault", "backend/cross-user-leak"]);
    assert_eq!(code, Some(1));
    assert!(finding_ids(&report).contains(&"backend/cross-user-leak"), "{:?}", finding_ids(&report));
    assert!(load(&report).leaks.iter().all(|leak| leak.step.starts_with("messages/") && leak.owner != leak.seen_by));
}

#[test]
fn a_limit_of_each_user_is_told_from_a_limit_of_all() {
    let (code, report) = pool(&["-s", "messages", "--load-fault", "user-limit"]);
    let load = load(&report);
    assert_eq!((code, load.leak_count), (Some(1), 0));
    assert_eq!(finding_ids(&report)[..2], ["load-unserved", "load-common-after-call"], "{:?}", load.common);
    let common = &load.common[0];
    assert_eq!((common.counts.name.as_str(), common.counts.without.failed), ("after-call", 0), "{common:?}");
    assert!(load.failures.iter().any(|failure| failure.says.contains("429")), "{:?}", load.failures);
}

#[test]
fn a_bad_instance_is_named() {
    let (code, report) = pool(&["-s", "messages", "--load-fault", "bad-instance"]);
    let load = load(&report);
    assert_eq!((code, load.leak_count), (Some(1), 0));
    assert_eq!(finding_ids(&report), ["load-unserved", "load-common-instance"], "{:?}", load.common);
    let common = &load.common[0].counts;
    assert_eq!((common.value.as_str(), common.without.failed), ("backend-b", 0));
    assert_eq!(common.with.failed, load.calls - load.served);
}

#[test]
fn an_objective_counts_every_call_of_every_user() {
    let (code, report) = pool(&["-s", "messages", "--load-fault", "bad-instance", "--set", SERVED]);
    let (load, served) = (load(&report), served(&report));
    assert_eq!((code, served.outcome), (Some(1), ObjectiveOutcome::Missed));
    assert_eq!((served.calls, served.bad), (load.calls - load.unsent, load.calls - load.unsent - load.served));
}

#[test]
fn failures_without_a_pattern_are_no_cause() {
    // Every call fails: nothing distinguishes the failed calls from others.
    let (code, report) = pool(&["-s", "stream", "--fault", "backend/route-missing"]);
    assert_eq!((code, &load(&report).common), (Some(3), &Vec::new()));
    assert_eq!(finding_ids(&report), ["load-unserved"]);
}

#[test]
fn no_report_holds_a_token_and_each_user_has_one_of_its_own() {
    let arguments = ["smoke", "--users", "6", "--ramp", "0s", "--hold", "2s", "--rate", "12", "--format", "json"];
    let output = run([&arguments[..], &["--load-fault", "leak", "-s", "events"]].concat());
    // The header of every HS256 token that the program mints begins so.
    assert!(!stdout(&output).contains("eyJ0eXAiOiJKV1Qi"), "{}", stdout(&output));
    let report: fivewhys::internal::report::Report = serde_json::from_slice(&output.stdout).expect("a report");
    let users: BTreeSet<&str> = report.probes.iter().map(|probe| probe.exchange.probe.user.as_str()).collect();
    assert!(load(&report).leaks.is_empty() || users.len() > 1, "{users:?}");
}
