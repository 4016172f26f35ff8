//! The spans of a report: the run, its scenarios, their steps, and the calls.
//!
//! A call has the trace id and the span id that it carried in `traceparent`, so that the spans of the system under test lie
//! below it. Each call has a trace of its own: links join it with its step.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{Link, SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use crate::probe::Exchange;
use crate::report::{ProbeReport, Report, RunOutcome, ScenarioReport, StepOutcome, StepReport};

/// From the start to the end.
type Span = (SystemTime, SystemTime);

/// Returns the spans of a report.
pub(super) fn of(report: &Report) -> Vec<SpanData> {
    let tree = Tree {
        report,
        trace: TraceId::from_bytes(*uuid::Uuid::new_v4().as_bytes()),
        calls: report.probes.iter().map(|probe| (probe.exchange.id, probe)).collect(),
        scope: InstrumentationScope::builder("fivewhys").with_version(report.version.clone()).build(),
    };
    tree.spans()
}

struct Tree<'a> {
    report: &'a Report,
    trace: TraceId,
    calls: BTreeMap<u32, &'a ProbeReport>,
    scope: InstrumentationScope,
}

impl Tree<'_> {
    fn spans(&self) -> Vec<SpanData> {
        let report = self.report;
        let run = self.context(new_id());
        let start = SystemTime::from(report.timing.started_at);
        let took = Duration::try_from_secs_f64(report.timing.total_ms / 1000.0).unwrap_or_default();
        let mut root = self.span(&run, SpanId::INVALID, "fivewhys run".to_owned(), (start, start + took));
        root.attributes = of_run(report);
        root.status = status(report.outcome == RunOutcome::Failed, &report.exit.meaning);
        let mut spans = vec![root];
        for scenario in &report.scenarios {
            spans.extend(self.scenario(&run, scenario));
        }
        spans.extend(self.diagnosis(&run));
        spans
    }

    fn scenario(&self, run: &SpanContext, scenario: &ScenarioReport) -> Vec<SpanData> {
        let own = self.context(new_id());
        let steps: Vec<SpanData> = scenario.steps.iter().flat_map(|step| self.step(&own, scenario, step)).collect();
        let Some(when) = around(steps.iter().map(|span| (span.start_time, span.end_time))) else { return steps };
        let mut span = self.span(&own, run.span_id(), format!("scenario {}", scenario.id), when);
        span.attributes =
            vec![text("fivewhys.scenario", &scenario.id), text("fivewhys.outcome", word(scenario.outcome))];
        span.status = status(scenario.outcome == StepOutcome::Failed, "a step failed");
        [vec![span], steps].concat()
    }

    /// Returns the span of a step and those of its calls, one for each try.
    fn step(&self, parent: &SpanContext, scenario: &ScenarioReport, step: &StepReport) -> Vec<SpanData> {
        let own = self.context(new_id());
        let ids = step.tries.iter().map(|one| one.exchange).chain(step.exchange);
        let calls: Vec<SpanData> = ids.filter_map(|id| self.call(&own, self.calls.get(&id)?)).collect();
        let Some(when) = around(calls.iter().map(|span| (span.start_time, span.end_time))) else { return calls };
        let name = format!("{}/{}", scenario.id, step.id);
        let mut span = self.span(&own, parent.span_id(), format!("step {name}"), when);
        span.attributes = vec![
            text("fivewhys.step", &name),
            text("fivewhys.endpoint", &step.endpoint),
            text("fivewhys.outcome", word(step.outcome)),
        ];
        let causes = self.report.causes.iter().filter(|cause| cause.explains.contains(&name));
        span.attributes.extend(causes.map(|cause| text("fivewhys.cause", &cause.fault)));
        span.status = status(step.outcome == StepOutcome::Failed, &step.because.join("; "));
        span.links.links = calls.iter().map(|call| Link::with_context(call.span_context.clone())).collect();
        [vec![span], calls].concat()
    }

    /// Returns the span of the diagnosis and those of its calls, if it sent any.
    fn diagnosis(&self, run: &SpanContext) -> Vec<SpanData> {
        let own = self.context(new_id());
        let sent = self.report.probes.iter().filter(|probe| probe.exchange.step.is_none());
        let calls: Vec<SpanData> = sent.filter_map(|probe| self.call(&own, probe)).collect();
        let Some(when) = around(calls.iter().map(|span| (span.start_time, span.end_time))) else { return calls };
        let mut span = self.span(&own, run.span_id(), "diagnosis".to_owned(), when);
        span.links.links = calls.iter().map(|call| Link::with_context(call.span_context.clone())).collect();
        [vec![span], calls].concat()
    }

    /// Returns the span of a call. `None`: the call carried no `traceparent`.
    fn call(&self, step: &SpanContext, probe: &ProbeReport) -> Option<SpanData> {
        let exchange = &probe.exchange;
        let (trace, span) = carried(exchange)?;
        let context = SpanContext::new(trace, span, TraceFlags::SAMPLED, false, TraceState::default());
        let when = (exchange.started_at.into(), exchange.ended_at().into());
        let name = format!("{} {}", exchange.request.method, exchange.probe.endpoint);
        let mut span = self.span(&context, SpanId::INVALID, name, when);
        span.span_kind = SpanKind::Client;
        span.attributes = of_call(probe);
        let failed = exchange.error.is_some() || exchange.meant_status().is_some_and(|status| status >= 400);
        let why = exchange.error.as_ref().map_or_else(String::new, |error| error.kind.to_string());
        span.status = status(failed, &why);
        span.links.links = vec![Link::with_context(step.clone())];
        Some(span)
    }

    fn context(&self, span: SpanId) -> SpanContext {
        SpanContext::new(self.trace, span, TraceFlags::SAMPLED, false, TraceState::default())
    }

    fn span(&self, own: &SpanContext, parent: SpanId, name: String, (start, end): Span) -> SpanData {
        SpanData {
            span_context: own.clone(),
            parent_span_id: parent,
            parent_span_is_remote: false,
            span_kind: SpanKind::Internal,
            name: name.into(),
            start_time: start,
            end_time: end,
            attributes: Vec::new(),
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: Status::Unset,
            instrumentation_scope: self.scope.clone(),
        }
    }
}

fn new_id() -> SpanId {
    let bytes = uuid::Uuid::new_v4().as_u64_pair().0;
    SpanId::from_bytes(bytes.to_be_bytes())
}

/// Returns the trace id and the span id that the request carried (W3C Trace Context, section 3.2).
fn carried(exchange: &Exchange) -> Option<(TraceId, SpanId)> {
    let headers = &exchange.request.headers;
    let (_, sent) = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("traceparent"))?;
    let mut parts = sent.split('-').skip(1);
    Some((TraceId::from_hex(parts.next()?).ok()?, SpanId::from_hex(parts.next()?).ok()?))
}

/// Returns the time from the first start to the last end.
fn around(spans: impl Iterator<Item = Span> + Clone) -> Option<Span> {
    Some((spans.clone().map(|(start, _)| start).min()?, spans.map(|(_, end)| end).max()?))
}

fn of_run(report: &Report) -> Vec<KeyValue> {
    let mut all = vec![
        text("fivewhys.target", &report.target),
        text("fivewhys.outcome", if report.outcome == RunOutcome::Failed { "failed" } else { "passed" }),
        KeyValue::new("fivewhys.exit_code", i64::from(report.exit.code)),
    ];
    all.extend(report.causes.iter().take(1).flat_map(|cause| {
        [text("fivewhys.cause", &cause.fault), text("fivewhys.certainty", cause.certainty.as_str())]
    }));
    all
}

/// Returns the attributes of a call (OpenTelemetry semantic conventions, HTTP client spans).
fn of_call(probe: &ProbeReport) -> Vec<KeyValue> {
    let exchange = &probe.exchange;
    let mut all = vec![
        text("http.request.method", &exchange.request.method),
        text("url.full", &exchange.request.url),
        text("fivewhys.token", exchange.probe.token.as_str()),
        KeyValue::new("fivewhys.exchange", i64::from(exchange.id)),
    ];
    all.extend(exchange.status().map(|status| KeyValue::new("http.response.status_code", i64::from(status))));
    all.extend(exchange.error.as_ref().map(|error| text("error.type", &error.kind.to_string())));
    if let Some(seen) = &probe.observation {
        all.push(text("fivewhys.answered_by", seen.answered_by.as_str()));
        all.push(text("fivewhys.result", seen.result.as_str()));
    }
    all
}

fn text(name: &'static str, value: &str) -> KeyValue {
    KeyValue::new(name, value.to_owned())
}

fn status(failed: bool, why: &str) -> Status {
    if failed { Status::error(why.to_owned()) } else { Status::Ok }
}

const fn word(outcome: StepOutcome) -> &'static str {
    match outcome {
        StepOutcome::Passed => "passed",
        StepOutcome::Failed => "failed",
        StepOutcome::Known => "known",
        StepOutcome::Skipped => "skipped",
    }
}
