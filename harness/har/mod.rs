//! HAR 1.2: recorded exchanges as browsers and proxies export them, and as `smoke --record` writes them.
//!
//! Start at [`read`], and at [`write()`].
//!
//! - `document`: the JSON of a HAR file, with the fields that browsers add for sockets and failed requests
//! - `entry`: one entry as an exchange
//! - `credential`: which credential a recorded request carries
//! - `login`: the names in a login with a form
//! - `write`: a run as a HAR file
//!
//! Source: <http://www.softwareishard.com/blog/har-12-spec/>; `_webSocketMessages`, `_resourceType` and `_error` are
//! fields of Chromium, Firefox and Safari.
//!
//! Invariant: what is read is redacted before it leaves this folder. This folder never judges.

mod credential;
mod document;
mod entry;
mod login;
mod write;

use serde_json::Value;
use thiserror::Error;

#[cfg(feature = "twin")]
pub(crate) use credential::location;
pub(crate) use entry::Recorded;
pub(crate) use login::{FormLogin, Issued, is_password};
pub(crate) use write::write;

use crate::har::document::{Entry, Har};
use crate::redact::Redactor;

/// A HAR file as it was read.
#[derive(Debug, Default)]
pub(crate) struct Recording {
    /// The exchanges, in the order of the file.
    pub(crate) entries: Vec<Recorded>,
    /// Whether the exporter kept credentials: some request shows one, or a header for one.
    pub(crate) keeps_credentials: bool,
    /// The numbers of the entries that could not be read, from 1.
    pub(crate) skipped: Vec<usize>,
    /// The report of the run, without its probes, if `smoke --record` wrote the file.
    pub(crate) run: Option<Value>,
}

/// Why a HAR file cannot be read. The message does not quote the text, because a HAR file holds credentials.
#[derive(Debug, Error, miette::Diagnostic)]
pub(crate) enum HarError {
    /// The text is not JSON, or has no `log.entries`.
    #[error("{from}, line {line}, column {column}: {why}")]
    #[diagnostic(code(fivewhys::har::not_har), help("give a HAR 1.2 file, as a browser's network panel exports it"))]
    Json {
        /// The name of the file, or of standard input.
        from: String,
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
        /// The parser's message.
        why: String,
    },
}

/// Reads a HAR file. An entry that cannot be read is skipped, and its number is kept.
///
/// # Errors
/// When the text is not JSON or not a HAR document.
pub(crate) fn read(from: &str, text: &str, redactor: &Redactor) -> Result<Recording, HarError> {
    let har: Har = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| HarError::Json {
        from: from.to_owned(),
        line: error.line(),
        column: error.column(),
        why: error.to_string().split(" at line ").next().unwrap_or_default().to_owned(),
    })?;
    let mut read = Recording { run: har.log.run, ..Recording::default() };
    let mut entries: Vec<(usize, Entry)> = Vec::new();
    for (number, entry) in (1..).zip(har.log.entries) {
        match serde_json::from_value(entry) {
            Ok(entry) => entries.push((number, entry)),
            Err(_) => read.skipped.push(number),
        }
    }
    read.keeps_credentials = entries.iter().any(|(_, entry)| credential::has_header(entry));
    // Every credential must be known before the first text is cleaned.
    let carried: Vec<_> = entries.iter().map(|(_, entry)| credential::of(entry, redactor)).collect();
    for ((number, entry), credential) in entries.into_iter().zip(carried) {
        match entry::recorded(entry, credential, read.keeps_credentials, redactor) {
            Some(one) => read.entries.push(one),
            None => read.skipped.push(number),
        }
    }
    Ok(read)
}

/// Reports whether the text begins like a HAR document. `text` may be cut.
pub(crate) fn looks_like_har(text: &str) -> bool {
    let start: String = text.chars().take(4096).filter(|sign| !sign.is_whitespace()).collect();
    start.trim_start_matches('\u{feff}').starts_with(r#"{"log":{"#)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};
    use rstest::rstest;

    use super::*;
    use crate::probe::ErrorKind;
    use crate::terms::{TokenKind, TokenLocation};

    fn one(entry: &str) -> Recording {
        let text = format!(
            r#"{{"log":{{"version":"1.2","creator":{{"name":"Firefox","version":"145"}},"entries":[{entry}]}}}}"#
        );
        read("a.har", &text, &Redactor::new()).expect("a HAR file")
    }

    fn entry(request: &str, response: &str) -> String {
        format!(
            r#"{{"startedDateTime":"2026-11-22T03:00:00.000Z","time":120,"request":{{"method":"GET","url":"https://api.example.test/orders?access_token=canary-token-1234567890","headers":[{request}]}},"response":{response},"timings":{{"dns":2,"connect":10,"send":1,"wait":90,"receive":17}}}}"#
        )
    }

    const REFUSED: &str = r#"{"status":401,"httpVersion":"http/2.0","headers":[{"name":"Content-Type","value":"application/json"}],"content":{"mimeType":"application/json","text":"{\"detail\":\"no canary-token-1234567890\"}"}}"#;

    #[test]
    fn an_entry_gives_request_response_and_phases() {
        let read = one(&entry(r#"{"name":"Accept","value":"*/*"}"#, REFUSED));
        let exchange = &read.entries[0].exchange;
        assert_eq!((exchange.status(), exchange.header("content-type")), (Some(401), Some("application/json")));
        assert_eq!(exchange.phases.first_byte_ms, Some(103.0));
    }

    #[test]
    fn a_credential_is_named_and_never_kept() {
        let read = one(&entry(r#"{"name":"Cookie","value":"sid=another-canary-99"}"#, REFUSED));
        let one = &read.entries[0];
        let text = serde_json::to_string(&one.exchange).expect("JSON");
        assert!(!text.contains("canary"), "{text}");
        assert_eq!(one.credential.map(|one| one.location), Some(TokenLocation::Query));
    }

    #[test]
    fn a_token_whose_time_is_over_is_an_expired_token() {
        // {"exp":1}
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2lnbmF0dXJl";
        let header = format!(r#"{{"name":"authorization","value":"Bearer {token}"}}"#);
        assert_eq!(one(&entry(&header, REFUSED)).entries[0].credential.map(|one| one.token), Some(TokenKind::Expired));
    }

    #[rstest]
    #[case("net::ERR_CONNECTION_REFUSED", ErrorKind::ConnectionRefused)]
    #[case("net::ERR_NAME_NOT_RESOLVED", ErrorKind::DnsError)]
    #[case("net::ERR_CERT_DATE_INVALID", ErrorKind::TlsCertificateError)]
    #[case("", ErrorKind::ConnectionTerminated)]
    fn a_request_without_an_answer_has_an_error(#[case] error: &str, #[case] kind: ErrorKind) {
        let response = format!(r#"{{"status":0,"headers":[],"content":{{}},"_error":"{error}"}}"#);
        let read = one(&entry("", &response));
        assert_eq!(read.entries[0].exchange.error.as_ref().map(|error| error.kind), Some(kind));
    }

    #[rstest]
    #[case::in_base64(
        "application/grpc-web+proto",
        r#""encoding":"base64","text":"AAAAAAL//oAAAAAhZ3JwYy1zdGF0dXM6MTYNCmdycGMtbWVzc2FnZTpuJTQx""#
    )]
    #[case::as_base64_of_the_server(
        "application/grpc-web-text",
        r#""text":"AAAAAAL//oAAAAAhZ3JwYy1zdGF0dXM6MTYNCmdycGMtbWVzc2FnZTpuJTQx""#
    )]
    fn the_last_frame_of_a_grpc_web_body_is_read(#[case] media: &str, #[case] body: &str) {
        let response = format!(r#"{{"status":200,"headers":[],"content":{{"mimeType":"{media}",{body}}}}}"#);
        let trailers = one(&entry("", &response)).entries[0].exchange.trailers.clone();
        let fields = [("grpc-status", "16"), ("grpc-message", "nA")];
        assert_eq!(trailers, fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn a_refused_handshake_has_the_status_of_the_message() {
        let response = r#"{"status":-1,"headers":[],"content":{},"_failureText":"Error during WebSocket handshake: Unexpected response code: 403"}"#;
        assert_eq!(one(&entry("", response)).entries[0].exchange.status(), Some(403));
    }

    #[rstest]
    #[case::scheme_alone(r#"{"name":"Authorization","value":"Bearer "}"#, Some(false))]
    #[case::load_balancer(r#"{"name":"Cookie","value":"GAESA=0123456789abcdef; _ga=GA1.1.1"}"#, Some(false))]
    #[case::session(r#"{"name":"Cookie","value":"theme=dark; connect.sid=0123456789abcdef"}"#, Some(true))]
    #[case::left_out(r#"{"name":"Accept","value":"*/*"}"#, None)]
    fn a_recording_shows_whether_a_request_carried_a_credential(#[case] header: &str, #[case] carried: Option<bool>) {
        let text = entry(header, REFUSED).replace("access_token=canary-token-1234567890", "");
        assert_eq!(one(&text).entries[0].carried, carried);
    }

    #[test]
    fn the_messages_of_a_socket_are_its_frames() {
        let messages = r#""_webSocketMessages":[{"type":"send","time":1795316400.1,"opcode":1,"data":"hi"},{"type":"receive","time":1795316400.2,"opcode":1,"data":"{}"}],"#;
        let response = r#"{"status":101,"headers":[],"content":{}}"#;
        let text = entry("", response).replacen('{', &format!("{{{messages}"), 1);
        assert_eq!(one(&text).entries[0].exchange.frames.len(), 2);
    }

    #[test]
    fn a_broken_entry_is_skipped_by_its_number() {
        let read = one(&format!(r#"{},{{"request":7}}"#, entry("", REFUSED)));
        assert_eq!((read.entries.len(), read.skipped), (1, vec![2]));
    }

    #[test]
    fn a_text_that_is_no_har_is_refused_with_its_place() {
        let error = read("a.har", "{\n \"log\": 7}", &Redactor::new()).expect_err("refused").to_string();
        assert!(error.starts_with("a.har, line 2, column"), "{error}");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in r#"(?s)([{}\[\]":,a-z0-9]|"log"|"entries"|"request"){0,60}"#) {
            let read = read("x", &text, &Redactor::new());
            prop_assert!(read.is_err() || read.is_ok_and(|one| one.entries.is_empty()));
        }
    }
}
