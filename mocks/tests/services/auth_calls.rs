//! The backend's calls to the auth service, as the journal shows them.

use crate::support::token::recorded_kind;
use crate::support::{list_messages, logged, twin, valid};
use fivewhys_mocks::{Dialect, Fault, Twin};
use rstest::rstest;

async fn paths(twin: &Twin) -> Vec<String> {
    twin.journal().await.into_iter().filter(|entry| entry.from_backend).map(|entry| entry.path).collect()
}

#[rstest]
#[case(Dialect::Documented, &["/health", "/auth/validate"])]
#[case(Dialect::Observed, &["/health", "/auth/check-blacklist", "/auth/validate"])]
#[tokio::test]
async fn each_validation_begins_with_a_health_probe(#[case] dialect: Dialect, #[case] expected: &[&str]) {
    let twin = twin(dialect, &[]).await;
    list_messages(&twin, Some(&valid(&twin))).await;
    assert_eq!(paths(&twin).await, expected);
}

#[rstest]
#[case("valid")]
#[case("wrong_secret")]
#[tokio::test]
async fn a_verdict_is_cached_whether_valid_or_refused(
    #[case] kind: &str,
    #[values(Dialect::Documented, Dialect::Observed)] dialect: Dialect,
) {
    let twin = twin(dialect, &[]).await;
    let token = recorded_kind(&twin, kind);
    let first = list_messages(&twin, Some(&token)).await.status();
    let second = list_messages(&twin, Some(&token)).await.status();
    assert_eq!(first, second);
    let asked = paths(&twin).await;
    assert_eq!(asked.iter().filter(|path| *path == "/auth/validate").count(), 1);
    assert_eq!(asked.iter().filter(|path| *path == "/health").count(), 2);
}

#[rstest]
#[tokio::test]
async fn rejected_tokens_do_not_lock_out_others(#[values(Dialect::Documented, Dialect::Observed)] dialect: Dialect) {
    let twin = twin(dialect, &[]).await;
    for _ in 0..5 {
        assert_ne!(list_messages(&twin, Some(&recorded_kind(&twin, "wrong_secret"))).await.status(), 200);
    }
    assert_eq!(list_messages(&twin, Some(&valid(&twin))).await.status(), 200);
    assert!(!logged(&twin, "netra-backend-staging", "Circuit breaker"));
}

#[rstest]
#[tokio::test]
async fn a_refused_caller_opens_no_breaker(#[values(Dialect::Documented, Dialect::Observed)] dialect: Dialect) {
    let twin = twin(dialect, &[Fault::ServiceSecretMismatch]).await;
    for _ in 0..5 {
        list_messages(&twin, Some(&valid(&twin))).await;
    }
    let journal = twin.journal().await;
    let asked: Vec<_> = journal.iter().filter(|entry| entry.path == "/auth/validate").collect();
    assert_eq!(asked.len(), 5);
    assert!(asked.iter().all(|entry| entry.accepted == Some(false)));
}
