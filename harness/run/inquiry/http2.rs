//! Sends a call that failed over TLS again with HTTP/1.1 alone: a component may fail at HTTP/2 only.
//!
//! It is among the last probes of a run. No cause is diagnosed from it.

use crate::config::Target;
use crate::diagnose::{FailedStep, Finding, fails_over_http2};
use crate::observe::observe;
use crate::probe::{ErrorKind, Exchange, ProbeKey, ProbeRequest, Session};
use crate::report::ProbeReport;
use crate::run::context::record::Record;

/// Sends at most two calls, and returns what they show.
pub(crate) async fn finding(
    session: &Session,
    target: &Target,
    failed: &[FailedStep],
    record: &mut Record,
) -> Option<Finding> {
    let key = failed_call(target, failed, record)?;
    let alone = send(session, target, &key, true, record).await?;
    if alone.error.is_some() {
        return None;
    }
    let offered = send(session, target, &key, false, record).await?;
    fails_over_http2(target, &alone, &offered)
}

async fn send(
    session: &Session,
    target: &Target,
    key: &ProbeKey,
    http1_only: bool,
    record: &mut Record,
) -> Option<Exchange> {
    let request = ProbeRequest { http1_only, ..ProbeRequest::new(key.clone()) };
    let exchange = session.send(&request).await.ok()?;
    let endpoint = target.endpoints.get(&key.endpoint)?;
    record.probes.push(ProbeReport { observation: observe(&exchange, endpoint, ""), exchange: exchange.clone() });
    Some(exchange)
}

/// Returns the first call that may have failed because of HTTP/2.
fn failed_call(target: &Target, failed: &[FailedStep], record: &Record) -> Option<ProbeKey> {
    let has_failed = |exchange: &&Exchange| failed.iter().any(|step| !step.control && step.exchange == exchange.id);
    let mut calls = record.probes.iter().map(|probe| &probe.exchange).filter(has_failed);
    let call = calls.find(|exchange| {
        let endpoint = target.endpoints.get(&exchange.probe.endpoint);
        let is_over_tls = endpoint.is_some_and(|one| !one.kind.is_upgrade() && target.base(one).scheme() == "https");
        is_over_tls && may_be_of_http2(exchange)
    })?;
    Some(call.probe.clone())
}

/// Reports whether a request was sent and not served. A refusal is the same in every version of HTTP.
fn may_be_of_http2(exchange: &Exchange) -> bool {
    let is_sent = |kind: ErrorKind| {
        !kind.reached_no_host()
            && !matches!(
                kind,
                ErrorKind::ConnectionTimeout
                    | ErrorKind::TlsCertificateError
                    | ErrorKind::TlsProtocolError
                    | ErrorKind::BudgetSpent
            )
    };
    match (&exchange.error, exchange.status()) {
        (Some(error), _) => is_sent(error.kind),
        (None, Some(status)) => status >= 500 || matches!(status, 400 | 421 | 431),
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::fixtures::exchange;
    use crate::terms::TokenKind;

    #[rstest]
    #[case::ok(200, false)]
    #[case::refused(401, false)]
    #[case::misdirected(421, true)]
    #[case::bad_gateway(502, true)]
    fn a_refusal_is_not_of_http2(#[case] status: u16, #[case] may_be: bool) {
        let answered = exchange("backend.health", TokenKind::None).answered(status, "text/plain", "");
        assert_eq!(may_be_of_http2(&answered), may_be);
    }

    #[rstest]
    #[case::name(ErrorKind::DnsError, false)]
    #[case::certificate(ErrorKind::TlsCertificateError, false)]
    #[case::closed(ErrorKind::ConnectionTerminated, true)]
    #[case::broken(ErrorKind::HttpResponseIncomplete, true)]
    fn an_error_before_the_request_is_not_of_http2(#[case] kind: ErrorKind, #[case] may_be: bool) {
        let failed = exchange("backend.health", TokenKind::None).broken(kind);
        assert_eq!(may_be_of_http2(&failed), may_be);
    }
}
