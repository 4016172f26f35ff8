//! A draft from the responses to one GET of each usual path. No token is sent, and no redirect is followed.

use std::time::Duration;

use reqwest::redirect::Policy;
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use super::add;
use crate::config::{Draft, FILL_IN, Sketch};
use crate::terms::{EndpointKind, Role, Service};

/// The usual paths of a health endpoint, the most frequent first.
const HEALTH: [&str; 6] = ["/health", "/healthz", "/api/health", "/status", "/readyz", "/ping"];
/// The limit of one request.
const LONGEST: Duration = Duration::from_secs(5);
/// The most of a body that is read, in bytes.
const LIMIT: usize = 64 << 10;

/// Looks for the health endpoint of each known address, and adds those that respond. Returns one line for each address.
///
/// # Errors
/// When TLS cannot be set up. An address that does not respond is no error.
pub(crate) async fn probe(draft: &mut Draft) -> Result<Vec<String>, String> {
    let tls = crate::tls::usual_config();
    let client = reqwest::Client::builder().redirect(Policy::none()).no_proxy().tls_backend_preconfigured(tls);
    let client = client.build().map_err(|error| error.to_string())?;
    let mut said = Vec::new();
    let bases = [(Service::Backend, draft.backend.clone()), (Service::Auth, draft.auth.clone())];
    for (service, base) in bases {
        let Some(base) = base.and_then(|base| Url::parse(&base).ok()) else { continue };
        let id = format!("{}.health", service.as_str());
        let known = draft.endpoints.iter().any(|one| one.id == id);
        let found = match first(&client, service, &base).await {
            Ok(sketch) => {
                said.push(format!("{base} responds at {}", sketch.path));
                Some(sketch)
            }
            Err(Failed::Connection(why)) => {
                said.push(format!("{base}: {why}"));
                None
            }
            Err(Failed::Status(status)) => {
                let is_needed = service == Service::Backend && !known;
                let what =
                    if is_needed { format!(": fill in the path of `{id}`, or remove it") } else { String::new() };
                said.push(format!("{base}: no usual health path responds with 2xx, the last status is {status}{what}"));
                is_needed.then(|| sketch(service, &format!("/{FILL_IN}"), b""))
            }
        };
        draft.endpoints.retain(|one| found.is_none() || one.id != id);
        add(draft, found);
    }
    Ok(said)
}

/// Returns the first path that responds with 2xx.
async fn first(client: &reqwest::Client, service: Service, base: &Url) -> Result<Sketch, Failed> {
    let mut last = Failed::Connection("no response".to_owned());
    for path in HEALTH {
        match get(client, base, path).await {
            Ok(body) => return Ok(sketch(service, path, &body)),
            Err(Failed::Status(status)) => last = Failed::Status(status),
            // No other path of this address responds either.
            Err(failed @ Failed::Connection(_)) => return Err(failed),
        }
    }
    Err(last)
}

enum Failed {
    Status(u16),
    Connection(String),
}

async fn get(client: &reqwest::Client, base: &Url, path: &str) -> Result<Vec<u8>, Failed> {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    let whole = async {
        let broken = |error: reqwest::Error| Failed::Connection(error.without_url().to_string());
        let mut answer = client.get(url).send().await.map_err(broken)?;
        if !answer.status().is_success() {
            return Err(Failed::Status(answer.status().as_u16()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(broken)? {
            body.extend_from_slice(&chunk);
            if body.len() > LIMIT {
                break;
            }
        }
        Ok(body)
    };
    let late = || Failed::Connection(format!("no response within {} s", LONGEST.as_secs()));
    timeout(LONGEST, whole).await.unwrap_or_else(|_| Err(late()))
}

fn sketch(service: Service, path: &str, body: &[u8]) -> Sketch {
    Sketch {
        id: format!("{}.health", service.as_str()),
        kind: EndpointKind::Http,
        role: Role::Health,
        method: "GET".to_owned(),
        path: path.to_owned(),
        token_locations: Vec::new(),
        token_cookie: None,
        has_body: false,
        seen: seen(body),
    }
}

/// Returns what distinguishes a healthy response, if it says so: `status` with a short word.
fn seen(body: &[u8]) -> Option<(String, Value)> {
    let json: Value = serde_json::from_slice(body).ok()?;
    let status = json.get("status")?.as_str()?;
    let is_word = !status.is_empty() && status.len() <= 32 && status.chars().all(|sign| sign.is_ascii_alphanumeric());
    is_word.then(|| ("$.status".to_owned(), Value::from(status)))
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// Serves `/healthz` and refuses every other path.
    async fn served(body: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 2048];
                let read = stream.read(&mut request).await.unwrap_or(0);
                let is_known = request[..read].starts_with(b"GET /healthz ");
                let (status, body) = if is_known { ("200 OK", body) } else { ("404 Not Found", "") };
                let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                let _ = stream.write_all((head + body).as_bytes()).await;
            }
        });
        format!("http://{address}")
    }

    #[tokio::test]
    async fn the_health_path_that_responds_is_drafted() {
        let backend = Some(served(r#"{"status":"UP"}"#).await);
        let mut draft = Draft { backend, ..Draft::default() };
        let said = probe(&mut draft).await.expect("TLS");
        assert!(said[0].ends_with("responds at /healthz"), "{said:?}");
        let text = draft.render();
        assert!(
            text.contains(
                "path = \"/healthz\"\naccept = { status = 200, json = { path = \"$.status\", is = \"UP\" } }"
            ),
            "{text}"
        );
    }

    #[tokio::test]
    async fn a_health_path_that_was_not_found_is_to_be_filled_in() {
        let backend = Some(format!("{}/elsewhere", served("").await));
        let mut draft = Draft { backend, ..Draft::default() };
        let said = probe(&mut draft).await.expect("TLS");
        assert!(
            said[0].ends_with("the last status is 404: fill in the path of `backend.health`, or remove it"),
            "{said:?}"
        );
        let text = draft.render();
        assert!(text.contains("\"backend.health\"]\nrole = \"health\"\npath = \"/FILL-IN\""), "{text}");
    }

    #[tokio::test]
    async fn an_address_without_a_listener_is_said() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let backend = Some(format!("http://{}", listener.local_addr().expect("an address")));
        drop(listener);
        let mut draft = Draft { backend, ..Draft::default() };
        let said = probe(&mut draft).await.expect("TLS");
        assert!(draft.endpoints.is_empty() && said.len() == 1, "{said:?}");
    }
}
