//! Requests with their responses: each exchange that failed or is evidence, folded.

use crate::report::html::markup::shown;
use maud::{Markup, html};

use crate::observe::Observation;
use crate::probe::{Exchange, Side};
use crate::report::html::markup::text::{lines, shown};
use crate::report::text::curl;
use crate::report::words::duration;
use crate::report::{ProbeReport, Report};

/// Events and frames of one exchange that are shown.
const LISTED: usize = 40;

pub(super) fn section(report: &Report) -> Markup {
    let shown: Vec<&ProbeReport> =
        report.probes.iter().filter(|probe| shown::is_referred_to(report, probe.exchange.id)).collect();
    html! {
        @if !shown.is_empty() {
            section .card aria-labelledby="probes-title" {
                h2 #probes-title { "Requests and responses" }
                p .quiet { "Every exchange that failed or is evidence. Marks such as <token:valid> replace tokens and secrets." }
                @for probe in shown { (fold(probe, &report.target)) }
            }
        }
    }
}

fn fold(probe: &ProbeReport, target: &str) -> Markup {
    let exchange = &probe.exchange;
    html! {
        details .probe {
            summary {
                strong { "probe " (exchange.id) } " " code { (shown(&exchange.request.method)) " " (shown(path(&exchange.request.url))) } " "
                span { "token " (exchange.probe.token.as_str()) } " → " span { (in_short(probe)) }
            }
            div #(format!("probe-{}", exchange.id)) tabindex="-1" {
                (asked(exchange))
                (answered(exchange))
                @if let Some(seen) = &probe.observation { (reading(seen)) }
                h3 { "Repeat it by hand" }
                pre { code { (lines(&again(exchange, target))) } }
                p .quiet { "sent " (exchange.started_at) ", trace " code { (shown(&exchange.trace_id)) } ", ended after " (duration(exchange.phases.end_ms)) }
            }
        }
    }
}

fn again(exchange: &Exchange, target: &str) -> String {
    [curl::needs(exchange, target), vec![curl::command(exchange)]].concat().join("\n")
}

/// Returns the URL without scheme and host.
fn path(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or(rest, |at| &rest[at..])
}

fn in_short(probe: &ProbeReport) -> String {
    let status = probe.exchange.shown_status().unwrap_or_else(|| "no response".to_owned());
    let seen = probe.observation.as_ref().map(|seen| format!("{} by {}", seen.result, seen.answered_by));
    [Some(status), seen].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn asked(exchange: &Exchange) -> Markup {
    let request = &exchange.request;
    let headers = request.headers.iter().map(|(name, value)| format!("{name}: {value}"));
    let first = format!("{} {}", request.method, request.url);
    html! {
        h3 { "Request" @if let Some(step) = &exchange.step { " of step " code { (shown(step)) } } @else { " of the diagnosis" } }
        pre { code { (lines(&[vec![first], headers.collect()].concat().join("\n"))) } }
        @if let Some(body) = &request.body { pre { code { (lines(body)) } } }
    }
}

fn answered(exchange: &Exchange) -> Markup {
    html! {
        h3 { "Response" }
        @if let Some(head) = &exchange.head {
            @let headers = head.headers.iter().map(|(name, value)| format!("{name}: {value}"));
            pre { code { (lines(&[vec![format!("{} {}", head.version, head.status)], headers.collect()].concat().join("\n"))) } }
        } @else { p { "None." } }
        @if !exchange.body.text.is_empty() { pre { code { (lines(&exchange.body.text)) } } }
        @if exchange.body.truncated { p .quiet { "The body was cut at the size limit; " (exchange.body.bytes) " bytes were received." } }
        @if !exchange.trailers.is_empty() {
            @let trailers = exchange.trailers.iter().map(|(name, value)| format!("{name}: {value}"));
            p { "Trailers" }
            pre { code { (lines(&trailers.collect::<Vec<_>>().join("\n"))) } }
        }
        @if !exchange.events.is_empty() || !exchange.frames.is_empty() { (messages(exchange)) }
        @if let Some(close) = &exchange.close { p { "Closed with " (close.code) " " (shown(&close.reason)) } }
        @if let Some(error) = &exchange.error { p { "Ended with an error: " (shown(&error.to_string())) } }
    }
}

fn messages(exchange: &Exchange) -> Markup {
    let events = exchange.events.iter().map(|event| format!("{:>6} ms  {}  {}", event.at_ms, event.name, event.data));
    let side = |side| if side == Side::Client { "→" } else { "←" };
    let frames = exchange
        .frames
        .iter()
        .map(|frame| format!("{:>6} ms  {} {}  {}", frame.at_ms, side(frame.from), frame.name, frame.data));
    let all: Vec<String> = events.chain(frames).collect();
    html! {
        pre { code { @for line in all.iter().take(LISTED) { (shown(line)) "\n" } } }
        @if all.len() > LISTED { p .quiet { (all.len() - LISTED) " more" } }
    }
}

fn reading(seen: &Observation) -> Markup {
    html! {
        h3 { "Interpreted as" }
        p { "answered by " strong { (seen.answered_by.as_str()) } ", authentication " strong { (seen.authn.as_str()) } ", result " strong { (seen.result.as_str()) } }
        ul { @for because in &seen.because { li { (shown(&because.claim)) ": " code { (shown(&because.bytes)) } } } }
    }
}
