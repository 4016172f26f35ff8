//! Makes the exchange of a response and redacts all of it. Every exchange is made here.

use hyper::header::SET_COOKIE;

use super::{
    AsBrowser, Blocked, Body, Close, Exchange, Frame, Head, ProbeRequest, Redact, SentRequest, Side, StreamEvent,
    TransportError, plain,
};
use crate::probe::request::cookies;
use crate::probe::request::presented::{SECRET, label};
use crate::probe::request::render::Rendered;
use crate::probe::transport::answer::Answer;
use crate::probe::transport::body;
use crate::terms::TokenKind;
use crate::token::IssuedJwt;

/// What is known about a probe besides its response.
pub(super) struct Facts {
    pub(super) id: u32,
    pub(super) request: ProbeRequest,
    pub(super) shown: Rendered,
    pub(super) trace_id: String,
    pub(super) started_at: jiff::Timestamp,
    pub(super) issued: IssuedJwt,
    /// Whether an issuer sent no token.
    pub(super) unissued: bool,
    pub(super) browser: Option<AsBrowser>,
    pub(super) blocked: Option<Blocked>,
    /// How many bytes of a body are kept.
    pub(super) body_limit: usize,
}

/// Returns the exchange, redacted.
pub(super) fn exchange(facts: Facts, answer: Answer, redact: &dyn Redact) -> Exchange {
    let clean = |text: &str| redact.text(text);
    Exchange {
        id: facts.id,
        probe: facts.request.key.clone(),
        step: facts.request.step.clone(),
        started_at: facts.started_at,
        trace_id: facts.trace_id,
        request: sent(facts.shown, facts.request.key.token, &clean),
        head: head(&answer, &clean),
        body: clean_body(&answer, facts.body_limit, &clean),
        trailers: answer.trailers.iter().map(|(name, value)| (clean(name), clean(&plain(name, value)))).collect(),
        events: clean_events(answer.events, redact),
        frames: clean_frames(answer.frames, redact),
        close: answer.close.map(|close| Close { reason: clean(&close.reason), ..close }),
        error: answer.error.map(|error| TransportError { detail: one_line(&clean(&error.detail)), ..error }),
        browser: facts.browser,
        blocked: facts.blocked.map(|blocked| Blocked { detail: clean(&blocked.detail), ..blocked }),
        unsent: answer.unsent,
        unissued: facts.unissued && answer.status.is_some(),
        phases: answer.phases,
        issued: facts.issued,
    }
}

/// The headers whose values this program draws at random for each probe.
const OUR_IDS: [&str; 2] = ["traceparent", "X-Request-ID"];

/// Returns the first `limit` bytes of the body, redacted.
pub(super) fn clean_body(answer: &Answer, limit: usize, clean: &dyn Fn(&str) -> String) -> Body {
    Body { text: body::text(&answer.body, limit, clean), bytes: answer.bytes, truncated: answer.bytes > limit }
}

pub(super) fn sent(shown: Rendered, token: TokenKind, clean: &dyn Fn(&str) -> String) -> SentRequest {
    let cleaned = |(name, value): (String, String)| {
        let value = if OUR_IDS.contains(&name.as_str()) { value } else { clean(&value) };
        (name, value)
    };
    SentRequest {
        method: shown.method.to_string(),
        url: clean(&readable(shown.url.as_str(), token)),
        headers: shown.headers.into_iter().map(cleaned).collect(),
        body: shown.body.map(|body| clean(&readable(&String::from_utf8_lossy(&body), token))),
    }
}

/// Returns a URL or a form with its labels as they are elsewhere, not escaped.
fn readable(text: &str, token: TokenKind) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let escaped = |label: &str| url::form_urlencoded::byte_serialize(label.as_bytes()).collect::<String>();
    text.replace(&escaped(&label(token)), &label(token)).replace(&escaped(SECRET), SECRET)
}

pub(super) fn head(answer: &Answer, clean: &dyn Fn(&str) -> String) -> Option<Head> {
    let (status, version) = answer.status?;
    let headers = answer.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let shown = if name == SET_COOKIE { cookies::shown_set(&value) } else { plain(name.as_str(), &value) };
        let value = clean(&shown);
        (clean(name.as_str()), value)
    });
    Some(Head { status: status.as_u16(), version: format!("{version:?}"), headers: headers.collect() })
}

/// Redacts the events of a stream as one text: a secret may lie in several of them.
pub(crate) fn clean_events(mut events: Vec<StreamEvent>, redact: &dyn Redact) -> Vec<StreamEvent> {
    in_pieces(events.iter_mut().map(|event| &mut event.name).collect(), redact);
    in_pieces(events.iter_mut().map(|event| &mut event.data).collect(), redact);
    events
}

/// Redacts the frames of a socket as one text for each direction.
pub(crate) fn clean_frames(mut frames: Vec<Frame>, redact: &dyn Redact) -> Vec<Frame> {
    for side in [Side::Client, Side::Server] {
        in_pieces(frames.iter_mut().filter(|frame| frame.from == side).map(|frame| &mut frame.name).collect(), redact);
        in_pieces(frames.iter_mut().filter(|frame| frame.from == side).map(|frame| &mut frame.data).collect(), redact);
    }
    frames
}

fn in_pieces(mut texts: Vec<&mut String>, redact: &dyn Redact) {
    if texts.is_empty() {
        return;
    }
    let pieces: Vec<&str> = texts.iter().map(|text| text.as_str()).collect();
    let clean = redact.pieces(&pieces);
    texts.iter_mut().zip(clean).for_each(|(text, clean)| **text = clean);
}

/// Returns the text on one line of at most 300 characters. Cut after redaction, so that no part of a secret remains.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(300)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_is_one_short_line() {
        assert_eq!(one_line(" a\r\n\tb \u{1b}[31mc "), "a b [31mc");
        assert_eq!(one_line(&"x".repeat(1000)).len(), 300);
    }
}
