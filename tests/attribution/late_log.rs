//! A log that comes late is read again while it can still change the verdict.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fivewhys::internal::config::EvidenceLocation;
use fivewhys::internal::diagnose::Certainty;
use fivewhys::internal::scenario;
use fivewhys::internal::terms::EvidenceSource;
use fivewhys_mocks::Dialect;
use url::Url;

use crate::support::fetch::fetch;
use crate::support::server::{Answer, Server};
use crate::support::twin::Bench;

const MISMATCH: &str = "backend-auth/service-secret-mismatch";

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_empty_at_first_still_settles_the_verdict() {
    let injected = MISMATCH.parse().expect("a fault");
    let evidence_sources =
        [EvidenceSource::Edge, EvidenceSource::Auth, EvidenceSource::ServiceCredentials, EvidenceSource::Logs];
    let mut bench = Bench::boot(Dialect::Documented, Some(injected)).await.with_evidence_sources(&evidence_sources);
    let (reads, twins) = (Arc::new(AtomicUsize::new(0)), format!("{}/logs", bench.twin.control_url()));
    let counted = Arc::clone(&reads);
    let late = Server::start(move |_| {
        let nth = counted.fetch_add(1, Ordering::SeqCst);
        let log = if nth < 2 { "[]".to_owned() } else { fetch(&twins) };
        Answer::http("200 OK", &[("Content-Type", "application/json")], log.as_bytes())
    });
    bench.target.logs =
        vec![EvidenceLocation::Url(Url::parse(&format!("http://{}/", late.address)).expect("a URL")).into()];
    let report = bench.smoke(&scenario::embedded().expect("the shipped scenarios are in order")).await;
    let [cause] = report.causes.as_slice() else { panic!("one cause, but: {:#?}", report.causes) };
    assert_eq!((&*cause.fault, cause.certainty), (MISMATCH, Certainty::Certain), "{:#?}", cause.whys);
    assert_eq!(reads.load(Ordering::SeqCst), 3);
}
