//! Two faults at once: nothing that was not injected is certain, nor named as found without any claim of its own.

use fivewhys::diagnose::Certainty;
use fivewhys::scenario;
use fivewhys_mocks::{Dialect, Fault};
use rstest::rstest;

use crate::bench::Bench;

#[rstest]
fn nothing_else_is_certain(
    #[values("documented", "observed")] dialect: Dialect,
    #[values(
        "backend-auth/service-secret-mismatch",
        "backend-auth/service-secret-missing",
        "auth/down",
        "client/wrong-signing-secret",
        "edge/iam-denied",
        "edge/strips-authorization",
        "data/database-down"
    )]
    one: Fault,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    for other in Fault::ALL.iter().copied().skip_while(|other| *other != one).skip(1) {
        runtime.block_on(drive(dialect, one, other));
    }
}

async fn drive(dialect: Dialect, one: Fault, other: Fault) {
    let bench = Bench::boot_with(dialect, &[one, other], true).await;
    let report = bench.smoke(&scenario::embedded().expect("the shipped scenarios are in order")).await;
    assert!(!report.causes.is_empty(), "{one} and {other} show");
    for cause in &report.causes {
        let injected = [one.id(), other.id()].contains(&&*cause.fault);
        let bare = cause.whys.len() < 2;
        let claimed = cause.certainty == Certainty::Certain || (cause.certainty == Certainty::Likely && bare);
        assert!(injected || !claimed, "{} under {one} and {other}: {:#?}", cause.fault, cause.whys);
    }
}
