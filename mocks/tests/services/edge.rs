//! The edge: its headers, the platform's request log, and the control listener.

use crate::support::{self, get, list_messages, socket, twin, valid};
use fivewhys_mocks::Dialect;
use serde_json::Value;

/// Returns the request log entries of the backend's service, newest first.
fn requests(entries: &[Value]) -> Vec<&Value> {
    let of_backend = |entry: &&Value| {
        entry["logName"].as_str().is_some_and(|name| name.ends_with("%2Frequests"))
            && entry["resource"]["labels"]["service_name"] == "netra-backend-staging"
    };
    entries.iter().filter(of_backend).collect()
}

#[tokio::test]
async fn the_callers_trace_is_logged_but_not_passed_to_auth() {
    let twin = twin(Dialect::Documented, &[]).await;
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let request = get(&twin, "/api/chat/messages").bearer_auth(valid(&twin));
    let answer = request.header("traceparent", format!("00-{trace}-b7ad6b7169203331-01")).send().await.unwrap();
    assert_eq!(answer.headers()["x-cloud-trace-context"], trace);
    let entries = twin.log_entries();
    let logged = requests(&entries);
    assert_eq!(logged[0]["trace"], format!("projects/netra-staging/traces/{trace}"));
    assert_eq!(logged[0]["httpRequest"]["status"], 200);
    assert!(logged[0]["httpRequest"]["requestUrl"].as_str().unwrap().ends_with("/api/chat/messages"));
    let at_auth = entries.iter().filter(|entry| entry["resource"]["labels"]["service_name"] == "netra-auth-service");
    assert!(at_auth.filter(|entry| entry["httpRequest"].is_object()).all(|entry| entry.get("trace").is_none()));
}

#[tokio::test]
async fn the_affinity_cookie_is_set_once() {
    let twin = twin(Dialect::Documented, &[]).await;
    let first = get(&twin, "/health").send().await.unwrap();
    let cookie = first.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let second = get(&twin, "/health").header("cookie", cookie).send().await.unwrap();
    assert!(!second.headers().contains_key("set-cookie"));
}

#[tokio::test]
async fn the_access_line_has_the_trace_id_of_the_response() {
    let twin = twin(Dialect::Observed, &[]).await;
    let answer = list_messages(&twin, None).await;
    let id = answer.headers()["x-trace-id"].to_str().unwrap();
    let line = format!("| Trace: {id}");
    assert!(support::logged(&twin, "netra-backend-staging", &line));
}

#[tokio::test]
async fn an_upgrade_is_logged_as_101_without_its_token() {
    let twin = twin(Dialect::Documented, &[]).await;
    let request = socket::upgrade(&twin, &format!("/ws?token={}", valid(&twin)), &[]);
    let (mut stream, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    socket::next_frame(&mut stream).await;
    let entries = twin.log_entries();
    let logged = requests(&entries);
    assert_eq!(logged[0]["httpRequest"]["status"], 101);
    assert!(logged[0]["httpRequest"]["requestUrl"].as_str().unwrap().ends_with("/ws?token=REDACTED"));
}

#[tokio::test]
async fn the_control_listener_shows_manifests_logs_and_journal() {
    let twin = twin(Dialect::Documented, &[]).await;
    list_messages(&twin, Some(&valid(&twin))).await;
    let read = async |path: &str| -> Value {
        let answer = support::client().get(format!("{}{path}", twin.control_url())).send().await.unwrap();
        answer.json().await.unwrap()
    };
    assert_eq!(read("/manifests/backend.json").await, twin.manifests().backend);
    assert_eq!(read("/manifests/auth.json").await, twin.manifests().auth);
    assert_eq!(read("/journal").await, serde_json::to_value(twin.journal().await).unwrap());
    let all = read("/logs").await;
    assert_eq!(all, Value::Array(twin.log_entries()));
    let newest = all[0]["timestamp"].as_str().unwrap();
    let since = read(&format!("/logs?since={newest}")).await;
    assert_eq!(since.as_array().unwrap().len(), 1);
}
