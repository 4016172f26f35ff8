//! The request (`>`) and the response (`<`) of one probe, both redacted.

use crate::probe::{Exchange, Head, Side};
use crate::report::human::page::Page;
use crate::report::human::page::text::{Paint, Separator};

/// Columns before the lines.
const INDENT: usize = 2;
/// Events and frames of one exchange that are shown.
const LISTED: usize = 20;

pub(crate) fn write(page: &mut Page, exchange: &Exchange) {
    asked(page, exchange);
    answered(page, exchange);
    messages(page, exchange);
}

fn asked(page: &mut Page, exchange: &Exchange) {
    let (ink, request) = (page.ink(), &exchange.request);
    let first = ink.text(Paint::Plain, &format!("{} {}", request.method, request.url));
    page.row(INDENT, [ink.text(Paint::Faint, ">")], &[first]);
    headers(page, Side::Client, &request.headers);
    request.body.iter().for_each(|body| said(page, Side::Client, body));
}

fn answered(page: &mut Page, exchange: &Exchange) {
    let ink = page.ink();
    page.row(INDENT, [ink.text(Paint::Faint, "<")], &[ink.list(Paint::Plain, outcome(exchange), Separator::Dot)]);
    headers(page, Side::Server, exchange.head.as_ref().map_or(&[], |head: &Head| &head.headers));
    said(page, Side::Server, &exchange.body.text);
    headers(page, Side::Server, &exchange.trailers);
}

/// Returns status, close code and transport error.
fn outcome(exchange: &Exchange) -> Vec<String> {
    let cut = if exchange.body.truncated { " (cut)" } else { "" };
    let mut parts = vec![exchange.head.as_ref().map_or_else(
        || "no status".to_owned(),
        |head| format!("{} {}, {} bytes{cut}", head.version, head.status, exchange.body.bytes),
    )];
    parts.extend(exchange.close.as_ref().map(|close| format!("close {} {}", close.code, close.reason)));
    parts.extend(exchange.error.as_ref().map(ToString::to_string));
    parts
}

fn messages(page: &mut Page, exchange: &Exchange) {
    let events = exchange.events.iter().map(|event| (Side::Server, event.at_ms, &event.name, &event.data));
    let frames = exchange.frames.iter().map(|frame| (frame.from, frame.at_ms, &frame.name, &frame.data));
    for (side, at, name, data) in events.chain(frames).take(LISTED) {
        said(page, side, &format!("{at} ms {name} {data}"));
    }
    let more = (exchange.events.len() + exchange.frames.len()).saturating_sub(LISTED);
    if more > 0 {
        said(page, Side::Server, &format!("… and {more} more in the JSON report"));
    }
}

fn headers(page: &mut Page, side: Side, headers: &[(String, String)]) {
    headers.iter().for_each(|(name, value)| said(page, side, &format!("{name}: {value}")));
}

fn said(page: &mut Page, side: Side, text: &str) {
    let ink = page.ink();
    let mark = if side == Side::Client { ">" } else { "<" };
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !words.is_empty() {
        page.row(INDENT, [ink.text(Paint::Faint, mark)], &[ink.bytes(Paint::Faint, &words)]);
    }
}
