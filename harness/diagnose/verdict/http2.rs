//! The finding of a call that fails over HTTP/2 and works over HTTP/1.1. Browsers choose HTTP/2 where a server offers it.

use crate::config::Target;
use crate::diagnose::verdict::cause::Finding;
use crate::diagnose::wording::proof::Proof;
use crate::diagnose::wording::readings;
use crate::observe::{Outcome, observe};
use crate::probe::Exchange;

/// The id of the finding.
pub(crate) const FAILS_OVER_HTTP2: &str = "http.fails-over-http2";

/// Returns the finding, if a call worked with HTTP/1.1 alone, and failed when it offered HTTP/2 too.
#[must_use]
pub fn fails_over_http2(target: &Target, alone: &Exchange, offered: &Exchange) -> Option<Finding> {
    let endpoint = target.endpoints.get(&alone.probe.endpoint)?;
    let works = |exchange: &Exchange| observe(exchange, endpoint, "").is_some_and(|seen| seen.result == Outcome::Ok);
    let says = |version: &str, exchange: &Exchange| {
        let got = match (&exchange.error, exchange.status()) {
            (Some(error), _) => error.to_string(),
            (None, Some(status)) => status.to_string(),
            (None, None) => "no response".to_owned(),
        };
        Proof::new(format!("{} over {version}: {got}", readings::call(&endpoint.id, target)), Some(exchange.id))
    };
    (works(alone) && !works(offered)).then(|| Finding {
        id: FAILS_OVER_HTTP2.into(),
        title: "A call fails over HTTP/2, which browsers choose, and works over HTTP/1.1".into(),
        evidence: vec![says("HTTP/2", offered), says("HTTP/1.1", alone)],
        fails: false,
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::fixtures::{exchange, staging};
    use crate::terms::TokenKind;

    const HEALTHY: &str = r#"{"status":"healthy","service":"netra-ai-platform"}"#;

    #[rstest]
    #[case::differs(200, 502, true)]
    #[case::both_work(200, 200, false)]
    #[case::both_fail(502, 502, false)]
    #[case::works_over_http2_alone(502, 200, false)]
    fn only_a_difference_is_a_finding(#[case] alone: u16, #[case] offered: u16, #[case] is_found: bool) {
        let answered =
            |status| exchange("backend.health", TokenKind::None).answered(status, "application/json", HEALTHY);
        let found = fails_over_http2(&staging(), &answered(alone), &answered(offered));
        assert_eq!(found.is_some(), is_found, "{found:?}");
    }
}
