//! A draft from the HAR file of a browser.

use super::add;
use crate::config::{Draft, Endpoint, Sketch};
use crate::explain::{ExplainError, Piece, Pieces};
use crate::redact::Redactor;
use crate::terms::Role;

/// The host that stands for a service without a recorded call.
const NOWHERE: &str = ".invalid";

/// Adds what the recording shows to a draft: the addresses of the services, and an endpoint for each call. Nothing else of
/// the recording is kept.
///
/// # Errors
/// When the text is no HAR document.
pub(crate) fn read(from: &str, text: &str, draft: &mut Draft) -> Result<(), ExplainError> {
    let content = Box::new(std::io::Cursor::new(text.to_owned()));
    let pieces = Pieces::sort(vec![Piece { from: from.to_owned(), writer: None, content }], &Redactor::new())?;
    let target = pieces.described();
    let known = |url: &url::Url| {
        let is_known = url.host_str().is_some_and(|host| !host.ends_with(NOWHERE));
        is_known.then(|| url.as_str().trim_end_matches('/').to_owned())
    };
    if let Some(url) = known(&target.backend) {
        draft.backend.get_or_insert(url);
    }
    if let Some(url) = known(&target.auth) {
        draft.auth.get_or_insert(url);
    }
    add(draft, target.endpoints.values().map(sketch).collect::<Vec<_>>());
    draft.from = "Written by `fivewhys init` from a recording: read it before the first run.".to_owned();
    Ok(())
}

fn sketch(endpoint: &Endpoint) -> Sketch {
    let id = match endpoint.role {
        Role::Health => format!("{}.health", endpoint.service.as_str()),
        _ => endpoint.id.clone(),
    };
    Sketch {
        id,
        kind: endpoint.kind,
        role: endpoint.role,
        method: endpoint.method.clone(),
        path: endpoint.path.clone(),
        token_locations: endpoint.token_locations.clone(),
        has_body: endpoint.body.is_some(),
        seen: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HAR: &str = r#"{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[
{"startedDateTime":"2026-11-20T10:00:00Z","time":5,
 "request":{"method":"GET","url":"https://api.shop.test/orders","httpVersion":"HTTP/1.1","headers":[{"name":"Authorization","value":"Bearer canary-token-0123456789"}],"queryString":[],"cookies":[],"headersSize":-1,"bodySize":-1},
 "response":{"status":200,"statusText":"OK","httpVersion":"HTTP/1.1","headers":[{"name":"content-type","value":"application/json"}],"cookies":[],"content":{"size":2,"mimeType":"application/json","text":"{}"},"redirectURL":"","headersSize":-1,"bodySize":-1},
 "cache":{},"timings":{"send":1,"wait":2,"receive":2}}]}}"#;

    #[test]
    fn each_recorded_call_becomes_an_endpoint_and_no_secret_is_kept() {
        let mut draft = Draft::default();
        read("shop.har", HAR, &mut draft).expect("a recording");
        let text = draft.render();
        assert!(text.contains("backend = \"https://api.shop.test\""), "{text}");
        assert!(text.contains("path = \"/orders\"") && text.contains("role = \"protected\""), "{text}");
        assert!(!text.contains("canary"), "{text}");
    }

    #[test]
    fn a_text_that_is_no_recording_is_a_mistake() {
        assert!(read("shop.har", "{\"log\": 1}", &mut Draft::default()).is_err());
    }
}
