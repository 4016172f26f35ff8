//! A draft from the HAR file of a browser.

use miette::Diagnostic;
use thiserror::Error;

use super::{add, form_login};
use crate::config::{Draft, Endpoint, Sketch};
use crate::explain::described;
use crate::har::{self, HarError};
use crate::redact::Redactor;
use crate::terms::Role;

/// The host that stands for a service without a recorded call.
const NOWHERE: &str = ".invalid";

/// Why a recording cannot be read.
#[derive(Debug, Error, Diagnostic)]
pub(crate) enum RecordingError {
    /// The text is no HAR document.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Har(#[from] HarError),
    /// It holds pages, scripts and images only.
    #[error("{from} holds no call of an API")]
    #[diagnostic(
        code(fivewhys::init::no_call),
        help("record the calls with the network panel of a browser: use the site while it records")
    )]
    NoCall {
        /// The name of the file.
        from: String,
    },
    /// It holds the pages of a site whose server renders them.
    #[error("{from} holds pages of {site}, and no call of an API")]
    #[diagnostic(
        code(fivewhys::init::no_call),
        help("for a site with a login form: `fivewhys init --backend {site} --login form`")
    )]
    Pages {
        /// The name of the file.
        from: String,
        /// The address of the pages.
        site: String,
    },
}

/// Adds what the recording shows to a draft: the addresses of the services, an endpoint for each call, and the login with
/// a form. Nothing else of the recording is kept.
///
/// # Errors
/// When the text is no HAR document, or holds no call.
pub(crate) fn read(from: &str, text: &str, draft: &mut Draft) -> Result<(), RecordingError> {
    let calls = har::read(from, text, &Redactor::new())?.entries;
    let site = calls.iter().find(|one| one.is_asset).map(|one| one.url.origin().ascii_serialization());
    let target = described(&calls.iter().filter(|one| !one.is_asset).cloned().collect::<Vec<_>>());
    if target.endpoints.is_empty() && !calls.iter().any(|one| one.login.is_some()) {
        let from = from.to_owned();
        return Err(match site {
            Some(site) => RecordingError::Pages { from, site },
            None => RecordingError::NoCall { from },
        });
    }
    let known = |url: &url::Url| {
        let is_known = url.host_str().is_some_and(|host| !host.ends_with(NOWHERE));
        is_known.then(|| url.as_str().trim_end_matches('/').to_owned())
    };
    if let Some(url) = known(&target.backend) {
        draft.backend.get_or_insert(url);
    }
    let login = form_login::add(&calls, draft);
    if let Some(url) = known(&target.auth) {
        draft.auth.get_or_insert(url);
    }
    let is_the_login = |one: &&Endpoint| one.method == "POST" && login.as_ref() == Some(&one.path);
    let others = target.endpoints.values().filter(|one| !is_the_login(one));
    add(draft, others.map(sketch).collect::<Vec<_>>());
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
        token_cookie: endpoint.form.token_cookie.clone(),
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
        let error = |text: &str| read("shop.har", text, &mut Draft::default()).unwrap_err().to_string();
        assert!(error("{\"log\": 1}").starts_with("shop.har, line 1"));
        let empty = r#"{"log":{"version":"1.2","entries":[]}}"#;
        assert_eq!(error(empty), "shop.har holds no call of an API");
        let page = HAR.replace("application/json", "text/html");
        assert_eq!(error(&page), "shop.har holds pages of https://api.shop.test, and no call of an API");
    }
}
