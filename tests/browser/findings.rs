//! What the probes from a foreign page show, and what a plain client meets.

use fivewhys::internal::report::{Report, RunOutcome};
use fivewhys_mocks::{ClientFlaw, Clients, Twin};
use rstest::rstest;

use super::{CALLS, SOCKET, run, smoke};
use crate::support::twin::Bench;

fn has(report: &Report, id: &str) -> bool {
    report.findings.iter().any(|finding| finding.id == id)
}

#[rstest]
#[case::reflected(ClientFlaw::ReflectsOrigin, false, "browser.foreign-origin-allowed")]
#[case::wildcard(ClientFlaw::AnyOriginWithCredentials, true, "browser.wildcard-with-credentials")]
#[tokio::test]
async fn a_foreign_page_that_is_trusted_is_a_finding(
    #[case] flaw: ClientFlaw,
    #[case] credentials: bool,
    #[case] id: &str,
) {
    let report = run(&[flaw], credentials, CALLS).await;
    assert!(has(&report, id), "{:?}", report.findings);
}

#[tokio::test]
async fn refusals_that_the_page_cannot_read_are_a_finding() {
    let report = run(&[ClientFlaw::KnowsNoCors], false, CALLS).await;
    assert!(has(&report, "browser.refusal-unreadable"), "{:?}", report.findings);
}

#[tokio::test]
async fn a_stream_that_compression_holds_back_is_a_finding_for_every_client() {
    let clients = Clients::default().flaw(ClientFlaw::HoldsStreamsBack);
    let mut bench = Bench::at(Twin::builder().clients(clients)).await;
    let report = smoke(&mut bench, CALLS).await;
    assert!(has(&report, "stream-held-back"), "{:?}", report.findings);
}

#[tokio::test]
async fn a_plain_client_with_the_token_in_the_header_keeps_its_socket() {
    let clients = Clients::default().flaw(ClientFlaw::ChoosesNoSubprotocol);
    let mut bench = Bench::at(Twin::builder().clients(clients)).await;
    let report = smoke(&mut bench, &SOCKET.replace("subprotocol\"", "header\"")).await;
    assert_eq!(report.outcome, RunOutcome::Passed, "{:?}", report.scenarios);
    assert!(has(&report, "browser.subprotocol-not-chosen"), "{:?}", report.findings);
}
