//! Noise: its seed, its one-line form, and its effects.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::support::{self, get, list_messages, valid};
use fivewhys_mocks::{Dialect, ErrorPages, Fault, Noise, Twin};
use reqwest::StatusCode;
use rstest::rstest;

async fn noisy(noise: &str, dialect: Dialect, faults: &[Fault]) -> Twin {
    let asked = Twin::builder().dialect(dialect).faults(faults.iter().copied());
    asked.noise(noise.parse().unwrap()).start().await.unwrap()
}

/// Opens forty connections in sequence and returns which were answered.
async fn answered(noise: &str) -> Vec<bool> {
    let twin = noisy(noise, Dialect::Documented, &[]).await;
    let mut answered = Vec::new();
    for _ in 0..40 {
        answered.push(get(&twin, "/health").send().await.is_ok());
    }
    answered
}

#[tokio::test]
async fn the_same_seed_drops_the_same_connections() {
    let once = answered("seed=3,drops=50").await;
    assert!(once.contains(&true) && once.contains(&false));
    assert_eq!(once, answered("seed=3,drops=50").await);
    assert_ne!(once, answered("seed=4,drops=50").await);
}

#[tokio::test]
async fn a_dropped_connection_is_reset_before_the_response() {
    let twin = noisy("drops=100", Dialect::Documented, &[]).await;
    let error = get(&twin, "/health").send().await.unwrap_err();
    let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
    assert!(
        causes
            .filter_map(|cause| cause.downcast_ref())
            .any(|cause: &std::io::Error| { cause.kind() == std::io::ErrorKind::ConnectionReset })
    );
}

#[tokio::test]
async fn a_cold_auth_service_outlasts_the_backends_health_probe() {
    let twin = noisy("cold-start=700", Dialect::Documented, &[]).await;
    let token = valid(&twin);
    assert_eq!(list_messages(&twin, Some(&token)).await.status(), StatusCode::FORBIDDEN);
    // The first call has waited for most of the warm-up.
    let mut status = StatusCode::FORBIDDEN;
    for _ in 0..10 {
        status = list_messages(&twin, Some(&token)).await.status();
        if status == StatusCode::OK {
            break;
        }
    }
    assert_eq!(status, StatusCode::OK);
}

#[rstest]
#[case::server_error("error-pages", Dialect::Documented, &[Fault::ServiceSecretMissing], 503, true)]
#[case::client_error("error-pages=all", Dialect::Documented, &[], 401, true)]
#[case::client_error_kept("error-pages", Dialect::Documented, &[], 401, false)]
#[tokio::test]
async fn the_edge_replaces_an_error_with_a_page(
    #[case] noise: &str,
    #[case] dialect: Dialect,
    #[case] faults: &[Fault],
    #[case] status: u16,
    #[case] replaced: bool,
) {
    let twin = noisy(noise, dialect, faults).await;
    let answer = list_messages(&twin, None).await;
    assert_eq!(answer.status(), status);
    assert_eq!(answer.headers().contains_key("x-trace-id"), !replaced);
    let page = answer.text().await.unwrap();
    assert_eq!(page.contains(&format!("<h1>{status} ")), replaced);
}

#[tokio::test]
async fn a_page_keeps_the_challenge() {
    let twin = noisy("error-pages=all", Dialect::Modern, &[]).await;
    assert_eq!(list_messages(&twin, None).await.headers()["www-authenticate"], "Bearer");
}

#[tokio::test]
async fn two_revisions_share_the_traffic_and_the_messages() {
    let twin = noisy("revisions=50", Dialect::Documented, &[]).await;
    let token = valid(&twin);
    for posted in 1..=20 {
        support::post(&twin, "/api/chat/messages", &support::hello()).bearer_auth(&token).send().await.unwrap();
        let list: serde_json::Value = list_messages(&twin, Some(&token)).await.json().await.unwrap();
        assert_eq!(list["total_count"], posted);
    }
    let revisions: BTreeSet<String> = twin
        .log_entries()
        .iter()
        .filter(|entry| entry["resource"]["labels"]["service_name"] == "netra-backend-staging")
        .filter(|entry| entry.get("httpRequest").is_some())
        .map(|entry| entry["resource"]["labels"]["revision_name"].as_str().unwrap().to_owned())
        .collect();
    let traffic = twin.manifests().backend["status"]["traffic"].clone();
    let named: BTreeSet<String> =
        traffic.as_array().unwrap().iter().map(|entry| entry["revisionName"].as_str().unwrap().to_owned()).collect();
    assert_eq!((revisions.len(), revisions), (2, named));
}

#[rstest]
#[case::off("seed=9", true)]
#[case::no_server("no-server", false)]
#[tokio::test]
async fn only_the_requested_noise_changes_a_response(#[case] noise: &str, #[case] server: bool) {
    let (plain, noisy) = (support::twin(Dialect::Observed, &[]).await, noisy(noise, Dialect::Observed, &[]).await);
    let mut headers = Vec::new();
    for twin in [&plain, &noisy] {
        let answer = list_messages(twin, Some(&valid(twin))).await;
        headers.push(answer.headers().keys().map(ToString::to_string).collect::<BTreeSet<_>>());
    }
    headers[0].retain(|name| name != "server" || server);
    assert_eq!(headers[0], headers[1]);
}

#[rstest]
#[case::nothing("seed=5", Noise { seed: 5, ..Noise::default() })]
#[case::usual("all", Noise::all(0))]
#[case::seeded("all,seed=5", Noise::all(5))]
#[case::less("all,drops=0,jitter=5", Noise { dropped: 0.0, jitter: Duration::from_millis(5), ..Noise::all(0) })]
#[case::pages("error-pages=all", Noise { error_pages: ErrorPages::AllErrors, ..Noise::default() })]
#[case::half("revisions=25", Noise { older_revision: 0.25, ..Noise::default() })]
#[case::usual_share("drops, no-server", Noise { dropped: 0.02, no_server: true, ..Noise::default() })]
fn noise_is_written_in_one_line(#[case] asked: &str, #[case] noise: Noise) {
    assert_eq!(asked.parse(), Ok(noise));
}

#[rstest]
#[case::name("hail", "unknown noise `hail`; known: all, seed=N")]
#[case::empty("", "unknown noise ``")]
#[case::share("drops=101", "invalid noise `drops=101`: expected a percentage from 0 to 100")]
#[case::not_a_number("drops=NaN", "invalid noise `drops=NaN`")]
#[case::too_long("jitter=60001", "invalid noise `jitter=60001`: expected milliseconds")]
#[case::seed("seed", "invalid noise `seed=`: expected a whole number")]
#[case::superfluous("no-server=yes", "invalid noise `no-server=yes`: expected no value")]
fn an_unknown_noise_is_refused(#[case] asked: &str, #[case] message: &str) {
    let error = asked.parse::<Noise>().unwrap_err().to_string();
    assert!(error.starts_with(message), "{error}");
}
