//! The text of the metrics, and how it changes from run to run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proptest::prelude::*;
use regex::Regex;

use super::Metrics;
use crate::watch::serve::hostile::any_state;
use crate::watch::serve::samples;
use crate::watch::state::{Ran, State};

/// Returns the value of each series.
fn series(text: &str) -> BTreeMap<String, f64> {
    let line = Regex::new(r#"^([a-z_]+(?:\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*\})?) (\S+)$"#).expect("a pattern");
    let samples = text.strip_suffix("# EOF\n").expect("the text ends").lines().filter(|line| !line.starts_with("# "));
    let mut all = BTreeMap::new();
    for sample in samples {
        let found = line.captures(sample).unwrap_or_else(|| panic!("no sample: {sample}"));
        let again = all.insert(found[1].to_owned(), found[2].parse().expect("a number"));
        assert!(again.is_none(), "twice: {sample}");
    }
    all
}

fn value(metrics: &Metrics, name: &str) -> Option<f64> {
    series(&metrics.text()).get(name).copied()
}

/// Returns a state whose process began with the watch, with these runs of the sample.
fn process_of(runs: i64) -> State {
    samples::state(vec![samples::watched("staging", runs, |n| n != 1)])
}

/// Returns the text with the samples of each metric sorted: the registry keeps no order.
fn sorted(text: &str) -> String {
    let (mut lines, mut samples) = (Vec::new(), Vec::new());
    for line in text.lines() {
        if line.starts_with('#') {
            samples.sort_unstable();
            lines.append(&mut samples);
            lines.push(line);
        } else {
            samples.push(line);
        }
    }
    lines.join("\n")
}

#[test]
fn every_metric_has_a_name_a_unit_and_a_help() {
    let mut state = samples::open_incident();
    state.targets[0].runs.drain(..198);
    let text = sorted(&Metrics::of(&state).text()).replace(env!("CARGO_PKG_VERSION"), "VERSION");
    let in_bucket = |line: &&str| line.contains("_bucket{") && !line.contains("step=\"send\"");
    insta::assert_snapshot!(text.lines().filter(|line| !in_bucket(line)).collect::<Vec<_>>().join("\n"));
}

#[test]
fn each_run_is_counted_once_however_often_the_state_is_read() {
    let mut metrics = Metrics::of(&process_of(3));
    for runs in [3, 4, 4, 9] {
        metrics.learn(&process_of(runs));
        metrics.learn(&process_of(runs));
        let [counted, observed] = [
            r#"fivewhys_runs_total{target="staging",end="passed"}"#,
            r#"fivewhys_step_duration_seconds_count{target="staging",scenario="chat-stream",step="send"}"#,
        ]
        .map(|name| value(&metrics, name));
        assert_eq!((counted, observed), (Some(runs as f64 - 1.0), Some(runs as f64)));
    }
}

#[test]
fn a_run_that_is_kept_no_longer_stays_counted() {
    let mut state = process_of(5);
    let mut metrics = Metrics::of(&state);
    for _ in 0..20 {
        let target = &mut state.targets[0];
        target.runs.pop_front();
        target.runs.push_back(Ran { at: samples::now(), ..samples::ran(0, true) });
        target.totals.passed += 1;
        metrics.learn(&state);
    }
    let name = r#"fivewhys_scenario_duration_seconds_count{target="staging",scenario="health"}"#;
    assert_eq!(value(&metrics, name), Some(25.0));
}

#[test]
fn after_a_restart_totals_go_on_and_histograms_begin_anew() {
    let mut state = process_of(10);
    state.since = state.targets[0].runs[8].at;
    let metrics = Metrics::of(&state);
    assert_eq!(value(&metrics, r#"fivewhys_runs_total{target="staging",end="passed"}"#), Some(9.0));
    assert_eq!(value(&metrics, r#"fivewhys_run_duration_seconds_count{target="staging"}"#), Some(2.0));
}

#[test]
fn a_cause_and_a_finding_vanish_with_what_they_describe() {
    let mut state = samples::open_incident();
    let mut metrics = Metrics::of(&state);
    let described = |metrics: &Metrics| {
        let text = metrics.text();
        (text.contains("fivewhys_cause{"), text.contains("fivewhys_finding{"))
    };
    assert_eq!(described(&metrics), (true, true));
    let target = &mut state.targets[0];
    target.incidents.back_mut().expect("it is open").cured = Some(samples::now());
    target.runs.back_mut().expect("a run").findings.clear();
    metrics.learn(&state);
    assert_eq!(described(&metrics), (false, false));
    assert_eq!(value(&metrics, r#"fivewhys_incident_open{target="staging"}"#), Some(0.0));
    assert_eq!(value(&metrics, r#"fivewhys_incidents_opened_total{target="staging"}"#), Some(2.0));
}

#[test]
fn a_run_that_tested_nothing_is_not_up_and_keeps_the_last_success() {
    let metrics = Metrics::of(&samples::untested());
    assert_eq!(value(&metrics, r#"fivewhys_up{target="staging"}"#), Some(0.0));
    let [run, success] = ["run", "success"].map(|what| {
        value(&metrics, &format!(r#"fivewhys_last_{what}_timestamp_seconds{{target="staging"}}"#)).expect("it is known")
    });
    assert!((run - success - 180.0).abs() < f64::EPSILON, "{run} {success}");
}

#[test]
fn an_objective_that_is_not_measured_is_neither_met_nor_missed() {
    let mut state = samples::three_targets();
    let mut metrics = Metrics::of(&state);
    let met = |metrics: &Metrics, name: &str| {
        value(metrics, &format!(r#"fivewhys_objective_met{{target="eu-west1",objective="{name}"}}"#))
    };
    let all = ["auth-errors", "agent-response", "websocket-event"];
    assert_eq!(all.map(|name| met(&metrics, name)), [Some(0.0), Some(1.0), None]);
    state.targets[1].measured.clear();
    metrics.learn(&state);
    assert_eq!(all.map(|name| met(&metrics, name)), [None; 3]);
}

#[test]
fn before_the_first_run_nothing_is_up_or_down() {
    let metrics = Metrics::of(&samples::state(vec![samples::watched("staging", 0, |_| true)]));
    assert_eq!(value(&metrics, r#"fivewhys_up{target="staging"}"#), None);
    assert_eq!(value(&metrics, r#"fivewhys_runs_total{target="staging",end="failed"}"#), Some(0.0));
}

/// Returns the names of metrics in a text.
fn names(text: &str) -> BTreeSet<String> {
    let name = Regex::new(r"\bfivewhys_[a-z_]+").expect("a pattern");
    name.find_iter(text).map(|name| name.as_str().to_owned()).collect()
}

#[rstest::rstest]
#[case("ci/grafana-dashboard.json")]
#[case("ci/prometheus-rules.yaml")]
#[case("docs/users/watch-metrics.md")]
fn every_metric_that_is_read_exists(#[case] file: &str) {
    let read = names(&std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("it is there"));
    let text = Metrics::of(&samples::three_targets()).text();
    let read_by_programs =
        |line: &&str| !line.starts_with('#') || (file.ends_with(".md") && line.starts_with("# TYPE"));
    let known = names(&text.lines().filter(read_by_programs).collect::<Vec<_>>().join("\n"));
    let unknown: Vec<_> = read.difference(&known).collect();
    assert!(read.len() > 5 && unknown.is_empty(), "{file} reads metrics that do not exist: {unknown:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_state_is_valid_text_and_no_counter_falls(states in proptest::collection::vec(any_state(), 1..4)) {
        let mut metrics = Metrics::of(&states[0]);
        let mut before = BTreeMap::new();
        for state in &states {
            metrics.learn(state);
            let now = series(&metrics.text());
            for (name, value) in before.iter().filter(|(name, _): &(&String, &f64)| name.contains("_total") || name.contains("_count")) {
                prop_assert!(now.get(name).is_some_and(|now| now >= value), "{name}: {value} {:?}", now.get(name));
            }
            for (name, sum) in now.iter().filter(|(name, _)| name.contains("_sum")) {
                prop_assert!(sum.is_finite() && *sum >= 0.0, "{name}: {sum}");
            }
            before = now;
        }
    }
}
