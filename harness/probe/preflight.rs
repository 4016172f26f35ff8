//! The preflight of a call: an OPTIONS request by which a browser asks whether the page may make the call.
//!
//! A browser would not send a call whose preflight fails. fivewhys sends it, so that the report shows whether the call itself
//! works.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use hyper::Method;

use super::record::{clean_body, head};
use super::{BlockReason, Blocked, ErrorKind, Preflight, Redact, SentRequest, TransportError};
use crate::probe::browser::cors;
use crate::probe::browser::page::{Asked, Page};
use crate::probe::request::presented::Pair;
use crate::probe::request::render::Rendered;
use crate::probe::transport::answer::Answer;

/// Bytes that are kept of the response.
const KEPT: usize = 4096;

/// The preflights of a run by what they ask.
#[derive(Default)]
pub(super) struct Preflights(Mutex<BTreeMap<Key, Preflight>>);

/// Origin, URL, method and headers.
type Key = [String; 4];

/// A preflight that goes first.
pub(super) struct Planned {
    pub(super) pair: Pair,
    asked: Asked,
    key: Key,
}

impl Planned {
    /// Returns the preflight that a browser sends before this call, if it sends one.
    pub(super) fn before(call: &Pair, page: &Page<'_>) -> Option<Self> {
        let asked = page.asks(&call.wire.method, &call.wire.headers)?;
        let of = |call: &Rendered| Rendered {
            method: Method::OPTIONS,
            url: call.url.clone(),
            headers: headers(call, &asked, page),
            body: None,
            messages: Vec::new(),
        };
        let pair = Pair { wire: of(&call.wire), shown: of(&call.shown) };
        let key = [page.origin.to_owned(), call.shown.url.to_string(), asked.method.clone(), asked.headers.join(",")];
        Some(Self { pair, asked, key })
    }

    /// Returns the preflight with its response, judged and redacted.
    pub(super) fn answered(
        &self,
        answer: &Answer,
        page: &Page<'_>,
        shown: &dyn Fn(Rendered) -> SentRequest,
        redact: &dyn Redact,
    ) -> Preflight {
        let clean = |text: &str| redact.text(text);
        let checked =
            answer.status.map(|(status, _)| cors::check_preflight(status, &answer.headers, &self.asked, page));
        let blocked = checked.map_or_else(|| unanswered(answer), Result::err);
        Preflight {
            request: shown(self.pair.shown.clone()),
            head: head(answer, &clean),
            body: clean_body(answer, KEPT, &clean),
            error: answer.error.clone().map(|error| TransportError { detail: clean(&error.detail), ..error }),
            blocked: blocked.map(|blocked| Blocked { detail: clean(&blocked.detail), ..blocked }),
        }
    }
}

/// Returns why a browser does not make the call, if its preflight got no response.
fn unanswered(answer: &Answer) -> Option<Blocked> {
    let error = answer.error.as_ref().filter(|error| error.kind != ErrorKind::BudgetSpent)?;
    let detail = format!("the preflight (OPTIONS) got no response: {}", error.kind);
    Some(Blocked { by: BlockReason::Preflight, detail })
}

/// Returns the headers of a preflight. It never has a token or a cookie.
fn headers(call: &Rendered, asked: &Asked, page: &Page<'_>) -> Vec<(String, String)> {
    let agent = call.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("user-agent")).cloned();
    let mut headers: Vec<(String, String)> = agent.collect();
    let mut add = |name: &str, value: String| headers.push((name.to_owned(), value));
    add("Accept", "*/*".into());
    add("Origin", page.origin.into());
    add("Access-Control-Request-Method", asked.method.clone());
    if !asked.headers.is_empty() {
        add("Access-Control-Request-Headers", asked.headers.join(","));
    }
    headers
}

impl Preflights {
    /// Returns the preflight that asked the same before.
    pub(super) fn known(&self, planned: &Planned) -> Option<Preflight> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&planned.key).cloned()
    }

    /// Keeps a preflight that got a response.
    pub(super) fn keep(&self, planned: Planned, preflight: &Preflight) {
        if preflight.head.is_some() {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(planned.key, preflight.clone());
        }
    }
}
