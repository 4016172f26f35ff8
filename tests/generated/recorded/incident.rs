//! The request behind the reports of "403 at chat": it carried no bearer token at all, so no service refused a credential.
//! `exp_incident_403_257_bp7.json` is a list of short answers, without headers.

use std::path::Path;

use fivewhys::internal::config::Target;
use fivewhys::internal::observe::{Authn, Outcome};
use fivewhys::internal::probe::{Body, Exchange, Head, Phases, ProbeKey, SentRequest};
use fivewhys::internal::terms::{Caller, Hop, TokenKind, TokenLocation};
use libtest_mimic::Failed;
use serde::Deserialize;

use crate::recorded::case;

/// The file's stem.
pub(crate) const NAME: &str = "exp_incident_403_257_bp7";

#[derive(Debug, Deserialize)]
struct Answer {
    /// Method, path, and what was sent as credential, in words.
    request: [String; 3],
    status: u16,
    len_text: usize,
    body: String,
}

/// Every answer of the file.
pub(crate) fn check(file: &Path, target: &Target) -> Result<(), Failed> {
    let answers: Vec<Answer> = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    for answer in &answers {
        let (token, wanted) = match answer.request[2].as_str() {
            words if words.starts_with("no Authorization") => (TokenKind::None, Authn::Missing),
            words if words.starts_with("Bearer garbage") => (TokenKind::Malformed, Authn::Rejected),
            // Another scheme than Bearer: no token kind of fivewhys.
            _ => continue,
        };
        let seen = case::seen(&exchange(answer, token), target).ok_or("it was not read at all")?;
        let read = (seen.answered_by, seen.authn, seen.result);
        if read != (Hop::Backend, wanted, Outcome::Denied) {
            return Err(format!("{:?} is read as {read:?}", answer.request).into());
        }
    }
    if answers.is_empty() { Err("the file is empty".into()) } else { Ok(()) }
}

fn exchange(answer: &Answer, token: TokenKind) -> Exchange {
    let endpoint = if answer.request[0] == "POST" { "backend.chat-stream" } else { "backend.chat-messages" };
    let user = "primary".to_owned();
    Exchange {
        id: 1,
        probe: ProbeKey {
            endpoint: endpoint.to_owned(),
            token,
            token_location: TokenLocation::Header,
            caller: Caller::None,
            user,
        },
        step: None,
        started_at: jiff::Timestamp::UNIX_EPOCH,
        trace_id: "0".repeat(32),
        request: SentRequest {
            method: answer.request[0].clone(),
            url: answer.request[1].clone(),
            headers: Vec::new(),
            body: None,
        },
        head: Some(Head {
            status: answer.status,
            version: "HTTP/1.1".to_owned(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        }),
        trailers: Vec::new(),
        body: Body { text: answer.body.clone(), bytes: answer.len_text, truncated: false },
        events: Vec::new(),
        frames: Vec::new(),
        close: None,
        error: None,
        browser: None,
        blocked: None,
        unsent: false,
        unissued: false,
        phases: Phases { connect_ms: Some(0.1), first_byte_ms: Some(5.0), end_ms: 5.0, ..Phases::default() },
        issued: fivewhys::internal::token::IssuedJwt::default(),
    }
}
