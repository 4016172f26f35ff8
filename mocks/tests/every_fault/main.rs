//! Every fault of the twin: what a client sees differs from a healthy twin where it should, and nowhere else.

#[path = "../support/mod.rs"]
mod support;

mod expected;
mod picture;

use fivewhys_mocks::{Dialect, Fault};
use picture::{Picture, healthy, picture};
use rstest::rstest;
use support::{get, list_messages, twin, valid};

/// What shows now and then; each has a test of its own.
const MOODY: [Fault; 2] = [Fault::RateLimited, Fault::MixedRevisions];

fn expected(fault: Fault, dialect: Dialect) -> Picture {
    let mut picture = healthy();
    for (endpoints, word) in expected::changes(fault) {
        for endpoint in endpoints {
            let word = match (word, dialect) {
                ("refused or 500", Dialect::Observed) => "refused",
                ("refused or 500", _) => "500",
                (word, _) => word,
            };
            picture.insert(endpoint, word.to_owned());
        }
    }
    picture
}

#[rstest]
#[tokio::test]
async fn a_healthy_twin_serves_everything(#[values("documented", "observed")] dialect: Dialect) {
    assert_eq!(picture(&twin(dialect, &[]).await).await, healthy());
}

#[rstest]
#[tokio::test]
async fn a_fault_shows_where_it_should_and_nowhere_else(
    #[values("documented", "observed")] dialect: Dialect,
    #[values("client", "network", "edge", "backend", "backend-auth", "auth", "data", "agents")] hop: &str,
) {
    let of_hop = |fault: &&Fault| fault.id().split('/').next() == Some(hop) && !MOODY.contains(fault);
    let mut failures = Vec::new();
    for fault in Fault::ALL.iter().filter(of_hop) {
        let twin = twin(dialect, &[*fault]).await;
        let seen = picture(&twin).await;
        let wanted = expected(*fault, dialect);
        let wrong: Vec<_> = wanted.iter().filter(|(endpoint, word)| seen[*endpoint] != **word).collect();
        if !wrong.is_empty() {
            failures.push(format!("{fault} in {dialect} should show {wrong:?}, and shows {seen:?}"));
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[tokio::test]
async fn a_tiny_rate_limit_lets_the_first_requests_pass() {
    let twin = twin(Dialect::Documented, &[Fault::RateLimited]).await;
    for _ in 0..3 {
        assert_eq!(list_messages(&twin, Some(&valid(&twin))).await.status(), 200);
    }
    let answer = get(&twin, "/health").send().await.unwrap();
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers()["via"], "1.1 google");
    assert!(!answer.headers().contains_key("server"));
}

#[tokio::test]
async fn two_faults_show_both() {
    let twin = twin(Dialect::Documented, &[Fault::ServiceCredentialsStale, Fault::HandlerError]).await;
    let seen = picture(&twin).await;
    assert_eq!((&*seen["validate"], &*seen["list"], &*seen["ws"]), ("refused", "500", "ok"));
}

#[tokio::test]
async fn the_firewalls_page_has_the_bytes_of_the_captures() {
    let twin = twin(Dialect::Observed, &[Fault::WafDenied]).await;
    let answer = get(&twin, "/health").send().await.unwrap();
    assert!(!answer.headers().contains_key("server"));
    assert_eq!(answer.bytes().await.unwrap().len(), 134);
    let browser = get(&twin, "/health").header("user-agent", "Mozilla/5.0").send().await.unwrap();
    assert_eq!(browser.status(), 200);
}

#[tokio::test]
async fn skewed_clocks_show_in_the_date_header() {
    let twin = twin(Dialect::Observed, &[Fault::ClockSkew]).await;
    for url in [twin.edge_url(), twin.backend_url(), twin.auth_url()] {
        let answer = support::client().get(format!("{url}/health")).send().await.unwrap();
        let date = answer.headers()["date"].to_str().unwrap();
        let date = jiff::fmt::rfc2822::parse(date).unwrap().timestamp();
        let behind = (jiff::Timestamp::now() - date).total(jiff::Unit::Minute).unwrap();
        assert!((9.9..10.2).contains(&behind), "{date} is {behind} minutes behind");
    }
}

#[rstest]
#[tokio::test]
async fn of_mixed_revisions_one_lets_nobody_in(#[values("documented", "observed")] dialect: Dialect) {
    let twin = twin(dialect, &[Fault::MixedRevisions]).await;
    let mut statuses = std::collections::BTreeSet::new();
    for _ in 0..40 {
        statuses.insert(list_messages(&twin, Some(&valid(&twin))).await.status().as_u16());
    }
    let refused = if dialect == Dialect::Documented { 403 } else { 401 };
    assert_eq!(statuses, [200, refused].into());
    assert_eq!(twin.manifests().backend["status"]["traffic"].as_array().map(Vec::len), Some(2));
}
