//! The JUnit report: one suite for each scenario, one test case for each step.
//!
//! Start at [`render`]. `classname` is the scenario, `name` is the step, and the `type` of a failure is the fault that explains it. Details of
//! the cause are properties of the suite, as the schema that Jenkins uses (`junit-10.xsd`) allows no properties of a test case.
//!
//! Invariant: the XML is well-formed for every report.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as XmlReport, TestCase, TestCaseStatus, TestRerun, TestSuite};

use crate::diagnose::Cause;
use crate::report::format::{Format, Style};
use crate::report::text::hostile;
use crate::report::words::{
    ALREADY, are_open, claim, hops, lines_to_read, responsible, second_smoke, since, tried, whats_new,
};
use crate::report::{Report, RunOutcome, ScenarioReport, StepOutcome, StepReport, Try};

/// The suite of findings that fail the run. No scenario file can have this name.
const FINDINGS: &str = "(findings)";
/// The suite of a run that was interrupted, or that failed although no test case did.
const RUN: &str = "(run)";

/// JUnit XML for CI systems.
#[derive(Debug, Clone, Copy)]
pub struct Junit;

impl Format for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn help(&self) -> &'static str {
        "Test result panes of CI systems: JUnit XML"
    }

    fn extension(&self) -> &'static str {
        "xml"
    }

    fn render(&self, report: &Report, _: &Style) -> String {
        render(report)
    }
}

/// Returns the report as JUnit XML (1.0) that ends with a new line. It is well-formed for every text that the server under test sends.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut junit = XmlReport::new(safe(&format!("fivewhys {}", report.target)));
    junit.set_time(time(report.timing.total_ms));
    junit.add_test_suites(report.scenarios.iter().map(|scenario| suite(report, scenario)));
    junit.add_test_suites(findings(report));
    // No other case tells the CI system that the run failed, or that it was interrupted.
    let failed = report.outcome == RunOutcome::Failed && junit.failures == 0;
    junit.add_test_suites((failed || report.interrupted.is_some()).then(|| run(report)));
    // Writing to memory does not fail.
    let xml = junit.to_string().expect("a report can be written as XML");
    let mut xml = without_root_skipped(xml);
    if !xml.ends_with('\n') {
        xml.push('\n');
    }
    xml
}

/// Removes the attribute `skipped` of the root: `junit-10.xsd` does not allow it. Each suite has it too.
fn without_root_skipped(xml: String) -> String {
    const ATTRIBUTE: &str = " skipped=\"";
    let root = xml.find("<testsuites").and_then(|start| Some(start..start + xml[start..].find('>')?));
    let Some(start) = root.clone().and_then(|root| Some(root.start + xml[root].find(ATTRIBUTE)?)) else { return xml };
    let value = start + ATTRIBUTE.len();
    let end = xml[value..].find('"').map_or(value, |end| value + end + 1);
    [&xml[..start], &xml[end..]].concat()
}

fn suite(report: &Report, scenario: &ScenarioReport) -> TestSuite {
    let mut suite = TestSuite::new(safe(&scenario.id));
    suite.set_time(time(scenario.steps.iter().filter_map(|step| step.took_ms).sum()));
    suite.add_property(("title", &*safe(&scenario.title)));
    suite.add_property(("target", &*safe(&report.target)));
    around(report).into_iter().for_each(|(name, value)| {
        suite.add_property((name, &*safe(&value)));
    });
    for cause in report.causes.iter().filter(|cause| scenario.steps.iter().any(|step| explains(cause, scenario, step)))
    {
        suite.add_property(("cause", &*safe(&named(cause))));
        candidates(cause).for_each(|fault| {
            suite.add_property(("candidate", &*safe(fault)));
        });
        suite.add_property(("hop", &*hops(&cause.hop)));
        suite.add_property(("certainty", cause.certainty.as_str()));
        suite.add_property(("involves", &*safe(&cause.involves.join(", "))));
    }
    suite.add_test_cases(scenario.steps.iter().map(|step| case(report, scenario, step)));
    suite
}

/// Returns what holds for the whole run. Every suite repeats it, as the schema allows properties of a suite only.
fn around(report: &Report) -> Vec<(&'static str, String)> {
    let mut all: Vec<(&'static str, String)> = Vec::new();
    all.extend(report.interrupted.map(|signal| ("interrupted", signal.to_string())));
    all.extend(report.shard.map(|shard| ("shard", shard.to_string())));
    all.extend(report.baseline.as_ref().map(|one| ("baseline", format!("{} {}", whats_new(one), since(one)))));
    if let Some(gate) = &report.gate {
        all.push(("gate", gate.advice.as_str().to_owned()));
        all.extend(gate.reasons.iter().map(|reason| ("gate-reason", reason.clone())));
        all.extend(gate.commands.iter().map(|one| ("gate-command", one.command.clone())));
        let runs = gate.rolled_back.iter().flat_map(|done| &done.runs);
        all.extend(runs.map(|run| ("rolled-back", format!("{}: {}", run.service, run.ended))));
        all.extend(gate.rolled_back.as_ref().map(|done| ("second-smoke", second_smoke(done))));
    }
    all
}

fn case(report: &Report, scenario: &ScenarioReport, step: &StepReport) -> TestCase {
    let cause = report.causes.iter().find(|cause| explains(cause, scenario, step));
    let already = step.already.then_some(ALREADY);
    let because = step.because.iter().map(String::as_str).chain(already).collect::<Vec<_>>().join("; ");
    let mut status = match step.outcome {
        StepOutcome::Passed => TestCaseStatus::success(),
        StepOutcome::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        StepOutcome::Known | StepOutcome::Skipped => TestCaseStatus::skipped(),
    };
    if step.outcome != StepOutcome::Passed {
        status.set_message(safe(&because));
    }
    if step.outcome == StepOutcome::Failed {
        status.set_type(cause.map_or_else(|| "unexplained".to_owned(), |cause| safe(kind(cause))));
        status.set_description(lines(failure(step, cause)));
    }
    status.add_reruns(step.tries.iter().map(again));
    let mut case = TestCase::new(safe(&step.id), status);
    case.set_classname(safe(&scenario.id));
    case.set_time(time(step.took_ms.unwrap_or(0.0)));
    case.set_system_out(lines(about(step)));
    case
}

/// Returns the fault, or how many candidates remain.
fn named(cause: &Cause) -> String {
    if are_open(cause) { claim(cause) } else { cause.fault.clone() }
}

fn kind(cause: &Cause) -> &str {
    if are_open(cause) { "ambiguous" } else { &cause.fault }
}

/// Returns the candidates if several remain.
fn candidates(cause: &Cause) -> impl Iterator<Item = &String> {
    let others = cause.alternatives.iter().map(|other| &other.fault);
    std::iter::once(&cause.fault).chain(others).filter(|_| are_open(cause))
}

/// Returns a try that failed: `flakyFailure` if a later try passed, else `rerunFailure`.
fn again(one: &Try) -> TestRerun {
    let mut rerun = TestRerun::new(NonSuccessKind::Failure);
    rerun.set_type(safe(&one.after)).set_message(safe(&one.after));
    rerun.set_description(format!(
        "probe {} of the JSON report; the next try began {} ms later",
        one.exchange, one.waited_ms
    ));
    rerun
}

/// Returns the run itself as a test case: an error if it was interrupted, else a failure.
fn run(report: &Report) -> TestSuite {
    let kind = if report.interrupted.is_some() { NonSuccessKind::Error } else { NonSuccessKind::Failure };
    let mut status = TestCaseStatus::non_success(kind);
    let says = safe(&format!("exit {}: {}", report.exit.code, report.exit.meaning));
    status.set_message(says.clone()).set_description(says);
    let mut case = TestCase::new("run", status);
    case.set_classname(RUN);
    let mut suite = TestSuite::new(RUN);
    around(report).into_iter().for_each(|(name, value)| {
        suite.add_property((name, &*safe(&value)));
    });
    suite.add_test_case(case);
    suite
}

/// Returns the findings that fail the run: without them, a run could fail although every step passed.
fn findings(report: &Report) -> Option<TestSuite> {
    let failing = report.findings.iter().filter(|finding| finding.fails);
    let cases: Vec<TestCase> = failing
        .map(|finding| {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(safe(&finding.id)).set_message(safe(&finding.title));
            status.set_description(lines(finding.evidence.iter().map(|proof| proof.says.clone())));
            let mut case = TestCase::new(safe(&finding.id), status);
            case.set_classname(FINDINGS);
            case
        })
        .collect();
    let mut suite = TestSuite::new(FINDINGS);
    suite.add_test_cases(cases);
    (!suite.test_cases.is_empty()).then_some(suite)
}

/// Returns what failed, then the claim, the whys with their evidence, the log lines to read, the owner and the fix.
fn failure(step: &StepReport, cause: Option<&Cause>) -> Vec<String> {
    let mut lines = step.because.clone();
    let Some(cause) = cause else { return lines };
    lines.push(format!("{} [{}, {}]", claim(cause), cause.certainty, hops(&cause.hop)));
    for why in &cause.whys {
        lines.push(format!("why  {}", why.claim));
        lines.extend(why.evidence.iter().map(|proof| format!("     {}", proof.says)));
    }
    for (worth, read) in lines_to_read(cause) {
        lines.push(format!("log  {worth}"));
        lines.extend(read.iter().map(|line| format!("     {}", line.says)));
    }
    lines.extend(responsible(cause));
    lines.extend(cause.fix.iter().map(|fix| format!("fix  {fix}")));
    lines
}

fn about(step: &StepReport) -> Vec<String> {
    let probe = step.exchange.map(|id| format!("probe {id} of the JSON report"));
    let trace = step.trace_url.as_ref().map(|url| format!("trace {url}"));
    [Some(step.call.clone()), Some(step.source.clone()), probe, tried(step), trace].into_iter().flatten().collect()
}

fn explains(cause: &Cause, scenario: &ScenarioReport, step: &StepReport) -> bool {
    let explained = |name: &String| name.split_once('/') == Some((&scenario.id, &step.id));
    step.outcome == StepOutcome::Failed && cause.explains.iter().any(explained)
}

fn safe(raw: &str) -> String {
    let shown = hostile::printable(raw, true);
    // XML 1.0 forbids these two characters, which are not control characters.
    shown.replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}")
}

fn lines(lines: impl IntoIterator<Item = String>) -> String {
    lines.into_iter().map(|line| indent(&line) + &safe(&line)).collect::<Vec<_>>().join("\n")
}

/// Returns the indentation of the line, which `safe` would trim.
fn indent(line: &str) -> String {
    " ".repeat(line.chars().take_while(|c| *c == ' ').count().min(5))
}

fn time(ms: f64) -> Duration {
    Duration::try_from_secs_f64(ms / 1000.0).unwrap_or_default()
}
#[cfg(test)]
pub(crate) mod tests;
