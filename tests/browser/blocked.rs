//! A call works, and a browser keeps the response from its page.

use fivewhys::internal::report::{RunOutcome, StepOutcome};
use fivewhys_mocks::ClientFlaw;
use rstest::rstest;

use super::{CALLS, SOCKET, run};

#[rstest]
#[case::without_credentials(false)]
#[case::with_credentials(true)]
#[tokio::test]
async fn a_system_that_serves_the_page_passes(#[case] credentials: bool) {
    for scenario in [CALLS, SOCKET] {
        let report = run(&[], credentials, scenario).await;
        assert_eq!(report.outcome, RunOutcome::Passed, "{:?}", report.scenarios);
        let of_browsers = report.findings.iter().filter(|one| one.id.starts_with("browser."));
        assert_eq!(of_browsers.count(), 0, "{:?}", report.findings);
    }
}

#[rstest]
#[case::no_cors(ClientFlaw::KnowsNoCors, false, "backend/cors-origin-missing")]
#[case::another_page(ClientFlaw::AllowsAnotherOrigin, false, "backend/cors-origin-missing")]
#[case::preflight_with_token(ClientFlaw::PreflightWantsToken, false, "backend/cors-preflight-refused")]
#[case::header_forgotten(ClientFlaw::ForgetsAuthorization, false, "backend/cors-request-not-allowed")]
#[case::credentials_denied(ClientFlaw::DeniesCredentials, true, "backend/cors-credentials-not-allowed")]
#[case::any_origin(ClientFlaw::AnyOriginWithCredentials, true, "backend/cors-credentials-not-allowed")]
#[case::headers_twice(ClientFlaw::HeadersTwice, false, "backend/cors-header-twice")]
#[case::preflight_at_the_edge(ClientFlaw::EdgeRefusesPreflight, false, "edge/cors-preflight-refused")]
#[tokio::test]
async fn what_a_browser_keeps_from_its_page_has_a_cause(
    #[case] flaw: ClientFlaw,
    #[case] credentials: bool,
    #[case] fault: &str,
) {
    let report = run(&[flaw], credentials, CALLS).await;
    let causes: Vec<&str> = report.causes.iter().map(|cause| cause.fault.as_str()).collect();
    assert_eq!(causes, [fault], "{:?}", report.scenarios);
    let steps = &report.scenarios[0].steps;
    let failed: Vec<&str> =
        steps.iter().filter(|step| step.outcome == StepOutcome::Failed).map(|step| step.id.as_str()).collect();
    assert_eq!(failed, ["list", "post", "stream"], "the negative control still shows that tokens are checked");
}

#[tokio::test]
async fn a_socket_without_its_subprotocol_fails() {
    let report = run(&[ClientFlaw::ChoosesNoSubprotocol], false, SOCKET).await;
    let causes: Vec<&str> = report.causes.iter().map(|cause| cause.fault.as_str()).collect();
    assert_eq!(causes, ["backend/no-subprotocol-chosen"], "{:?}", report.scenarios);
}

#[tokio::test]
async fn a_preflight_is_sent_once_for_equal_calls() {
    let report = run(&[], false, CALLS).await;
    let preflights: Vec<String> = report
        .probes
        .iter()
        .filter_map(|probe| probe.exchange.browser.as_ref()?.preflight.as_ref())
        .map(|preflight| format!("{:?}", preflight.request.headers))
        .collect();
    assert!(preflights.iter().all(|headers| !headers.contains("Bearer") && !headers.contains("Cookie")));
    assert!(preflights.iter().any(|headers| headers.contains("authorization,content-type")), "{preflights:?}");
}
