//! Faults that show only now and then, or in one place: rate limit, firewall, clock, mixed revisions.

use std::collections::BTreeSet;

use fivewhys_mocks::{Dialect, Fault};
use rstest::rstest;

use crate::support::{client, get, list_messages, twin, valid};

#[tokio::test]
async fn a_rate_limit_lets_the_first_requests_pass() {
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
async fn the_firewalls_page_has_134_bytes_and_no_server() {
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
        let answer = client().get(format!("{url}/health")).send().await.unwrap();
        let date = answer.headers()["date"].to_str().unwrap();
        let date = jiff::fmt::rfc2822::parse(date).unwrap().timestamp();
        let behind = (jiff::Timestamp::now() - date).total(jiff::Unit::Minute).unwrap();
        assert!((9.9..10.2).contains(&behind), "{date} is {behind} minutes behind");
    }
}

#[rstest]
#[tokio::test]
async fn of_mixed_revisions_the_older_one_refuses_every_token(#[values("documented", "observed")] dialect: Dialect) {
    let twin = twin(dialect, &[Fault::MixedRevisions]).await;
    let mut statuses = BTreeSet::new();
    for _ in 0..40 {
        statuses.insert(list_messages(&twin, Some(&valid(&twin))).await.status().as_u16());
    }
    let refused = if dialect == Dialect::Documented { 403 } else { 401 };
    assert_eq!(statuses, [200, refused].into());
    assert_eq!(twin.manifests().backend["status"]["traffic"].as_array().map(Vec::len), Some(2));
}
