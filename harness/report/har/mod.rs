//! A run as a HAR 1.2 file: for a browser's network panel, `fivewhys explain` and `fivewhys twin --replay`.

use crate::har;
use crate::redact::Redactor;
use crate::report::format::{Format, Stdout, Style};
use crate::report::json::escaped;
use crate::report::{ProbeReport, Report};

/// HAR 1.2.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Har;

impl Format for Har {
    fn name(&self) -> &'static str {
        "har"
    }

    fn help(&self) -> &'static str {
        "Browsers and `fivewhys explain`: every exchange, as HAR 1.2"
    }

    fn extension(&self) -> &'static str {
        "har"
    }

    fn stdout(&self) -> Option<Stdout> {
        Some(Stdout::Document)
    }

    fn keeps_evidence(&self) -> bool {
        true
    }

    fn render(&self, report: &Report, _: &Style) -> String {
        document(report)
    }
}

fn document(report: &Report) -> String {
    let exchanges = report.probes.iter().map(|probe| (&probe.exchange, probe.observation.as_ref()));
    let run = Report { probes: Vec::new(), ..report.clone() };
    escaped(&har::write(exchanges, serde_json::to_value(run).unwrap_or_default()))
}

impl Report {
    /// Returns the run as a HAR file, from which `fivewhys explain` gives the same verdict.
    pub(crate) fn recording(&self, redactor: &Redactor) -> String {
        document(&self.cleaned(redactor))
    }

    /// Puts the exchanges of a recording back into its report.
    #[must_use]
    pub(crate) fn with_recorded(self, recorded: Vec<har::Recorded>) -> Self {
        let probe = |one: har::Recorded| ProbeReport { observation: one.observation, exchange: one.exchange };
        Self { probes: recorded.into_iter().map(probe).collect(), ..self }
    }
}
