//! Every probe of the run: request, response, what they mean, and the bytes that show it. For `--verbose`.
//!
//! Start at [`write`].
//!
//! - `wire`: the request and the response
//! - `curls`: failed calls as `curl` commands, for `--curl`
//!
//! Invariant: this folder shows exchanges as they were redacted when they were kept.

pub(crate) mod curls;
pub(crate) mod wire;

use crate::observe::Observation;
use crate::probe::Phases;
use crate::report::human::page::Page;
use crate::report::human::page::text::{Ink, Paint, Separator, Text};
use crate::report::words::duration;
use crate::report::{ProbeReport, Report};

/// Columns before the lines of a probe.
const INDENT: usize = 2;

/// Writes the probes in the order in which they were sent.
pub(crate) fn write(page: &mut Page, report: &Report) {
    for probe in &report.probes {
        page.section();
        one(page, probe);
    }
}

fn one(page: &mut Page, probe: &ProbeReport) {
    let ink = page.ink();
    let exchange = &probe.exchange;
    let asked =
        exchange.step.as_ref().map_or_else(|| "sent for the diagnosis".to_owned(), |step| format!("sent for {step}"));
    let key = ink.text(Paint::Strong, &format!("{} as {}", exchange.probe, exchange.probe.user));
    let number = ink.text(Paint::Faint, &format!("probe {}", exchange.id));
    page.row(0, [number], &[key, ink.text(Paint::Faint, &asked)]);
    wire::write(page, exchange);
    let reading = match &probe.observation {
        Some(observation) => reading(ink, observation),
        None => ink.text(Paint::Plain, "not interpreted: the run's time budget was used up"),
    };
    page.paragraph(INDENT, &reading);
    page.paragraph(INDENT, &ink.list(Paint::Faint, times(&exchange.phases), Separator::Dot));
    let because = probe.observation.iter().flat_map(|observation| &observation.because);
    let claims: Vec<(Text, Vec<Text>)> = because
        .map(|because| (ink.text(Paint::Plain, &because.claim), vec![ink.text(Paint::Faint, &because.bytes)]))
        .collect();
    page.claims(INDENT, "because", &claims);
}

fn reading(ink: Ink, observation: &Observation) -> Text {
    let parts = [
        format!("answered by {}", observation.answered_by),
        format!("authentication {}", observation.authn),
        format!("result {}", observation.result),
        format!("latency {}", observation.latency),
    ];
    ink.list(Paint::Plain, parts, Separator::Dot)
}

fn times(phases: &Phases) -> Vec<String> {
    let phase = |name: &str, ms: Option<f64>| ms.map(|ms| format!("{name} {}", duration(ms)));
    let reached =
        [phase("dns", phases.dns_ms), phase("connect", phases.connect_ms), phase("first byte", phases.first_byte_ms)];
    reached.into_iter().flatten().chain([format!("end {}", duration(phases.end_ms))]).collect()
}
