//! What the verdict on recorded evidence must be: the `expected.toml` of an incident.

use serde::Serialize;

use crate::diagnose::{Certainty, Hops};
use crate::report::Report;
use crate::terms::Hop;

/// The keys that a verdict fills in. `docs/users/incidents.md` describes them.
#[derive(Debug, Serialize)]
struct Expected<'a> {
    title: &'a str,
    faults: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hop: Option<Hop>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certainty: Option<Certainty>,
    exit: u8,
    says: Vec<&'a str>,
    never: Vec<&'a str>,
}

/// Returns the `expected.toml` of this verdict: the next one must be the same, or better.
pub(crate) fn expected(report: &Report) -> String {
    let first = report.causes.first();
    let hop = first.and_then(|cause| match cause.hop {
        Hops::One(hop) => Some(hop),
        Hops::Several(_) => None,
    });
    let expected = Expected {
        title: first.map_or("Nothing failed", |cause| cause.title.as_str()),
        faults: first.map(|cause| cause.fault.as_str()).into_iter().collect(),
        hop,
        certainty: first.map(|cause| cause.certainty),
        exit: report.exit.code,
        says: Vec::new(),
        never: Vec::new(),
    };
    let written = toml::to_string(&expected).unwrap_or_default();
    format!(
        "# The verdict of fivewhys {} on {}, a run against the target `{}`.\n{written}",
        report.version, report.timing.started_at, report.target
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn the_verdict_of_a_run_is_what_the_next_one_must_be() {
        let text = expected(&samples::certain());
        let read: toml::Table = toml::from_str(&text).expect("TOML");
        assert_eq!(read["exit"].as_integer(), Some(i64::from(samples::certain().exit.code)));
        assert_eq!(read["faults"][0].as_str(), Some(samples::certain().causes[0].fault.as_str()));
        assert!(text.starts_with("# The verdict of fivewhys"), "{text}");
    }
}
