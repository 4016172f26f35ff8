//! The human report of each kind of run, at two widths. `cargo insta review` shows the effect of a change.

use rstest::rstest;
use rstest_reuse::apply;

use crate::report::format::Style;
use crate::report::human::render;
use crate::report::samples::every_kind_of_run;
use crate::report::{Report, StepOutcome, samples};

const PLAIN: Style = Style { width: 80, colour: false, unicode: true, verbose: false, curl: false, has_flags: true };

#[apply(every_kind_of_run)]
fn the_report_reads_at_both_widths(#[case] name: &str, #[case] report: Report, #[values(80, 140)] width: usize) {
    insta::assert_snapshot!(format!("{name}_{width}"), render(&report, &Style { width, ..PLAIN }));
}

#[rstest]
#[case::certain("certain", samples::certain())]
#[case::ambiguous("ambiguous", samples::ambiguous())]
#[case::unknown("unknown", samples::unknown())]
fn the_verbose_report_shows_every_probe(#[case] name: &str, #[case] report: Report, #[values(80, 140)] width: usize) {
    insta::assert_snapshot!(
        format!("{name}_verbose_{width}"),
        render(&report, &Style { width, verbose: true, ..PLAIN })
    );
}

#[rstest]
fn three_hundred_failures_read_at_both_widths(#[values(80, 140)] width: usize) {
    insta::assert_snapshot!(format!("many_{width}"), render(&samples::many(), &Style { width, ..PLAIN }));
}

#[test]
fn a_list_that_is_cut_says_what_shows_all_of_it() {
    let mut report = samples::ambiguous();
    let other = report.causes[0].alternatives[0].clone();
    report.causes[0].alternatives = vec![other; 12];
    let of = |has_flags| render(&report, &Style { has_flags, ..PLAIN });
    let told = |text: String, by: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").contains(by);
    assert!(told(of(true), "(-v lists all") && !told(of(true), "the JSON report"));
    assert!(told(of(false), "(the JSON report lists all") && !told(of(false), "-v lists"));
}

#[test]
fn every_failed_call_is_a_curl_command() {
    let report = samples::two_causes();
    insta::assert_snapshot!("two_causes_curl", render(&report, &Style { curl: true, ..PLAIN }));
    let many = render(&samples::many(), &Style { curl: true, ..PLAIN });
    assert_eq!(many.matches("\n  curl --include").count(), 20, "{many}");
    assert_eq!(many.matches("TOKEN=$(fivewhys mint").count(), 1, "the variable is set once");
}

#[test]
fn the_quiet_report_is_the_last_line_of_the_whole() {
    for report in samples::all() {
        for width in [80, 200] {
            let style = Style { width, ..PLAIN };
            let whole = render(&report, &style);
            assert_eq!(
                crate::report::human::last_line(&report, &style).trim_end(),
                whole.lines().last().expect("a line")
            );
        }
    }
}

#[test]
fn colour_paints_labels_and_outcomes() {
    insta::assert_snapshot!("certain_colour", render(&samples::certain(), &Style { colour: true, ..PLAIN }));
}

#[test]
fn colour_adds_nothing_to_the_words() {
    let colours = regex::Regex::new("\u{1b}\\[[0-9;]*m").expect("a pattern");
    for report in samples::all() {
        let painted = render(&report, &Style { colour: true, ..PLAIN });
        let words = colours.replace_all(&painted, "").into_owned();
        assert_eq!(words, render(&report, &PLAIN));
    }
}

#[test]
fn a_terminal_without_unicode_gets_ascii_only() {
    for report in samples::all() {
        let text = render(&report, &Style { unicode: false, verbose: true, ..PLAIN });
        assert!(text.is_ascii(), "{text}");
    }
}

#[test]
fn the_outcome_is_the_last_line() {
    for report in samples::all() {
        for width in [80, 140, 200] {
            let text = render(&report, &Style { width, verbose: true, ..PLAIN });
            let last = text.lines().last().expect("a line");
            assert!(last.starts_with("passed: ") || last.starts_with("failed: "), "{last}");
        }
    }
}

#[test]
fn a_command_is_never_broken() {
    let report = samples::ambiguous();
    let settling = report.causes[0].settled_by.clone().expect("a settling");
    let certain = samples::certain();
    let text = render(&report, &PLAIN) + &render(&certain, &PLAIN);
    assert!(text.contains(&settling.command.expect("a command")));
    assert!(text.contains(certain.causes[0].fix.as_ref().expect("a fix")));
    assert!(text.contains("`gcloud run services update-traffic netra-backend-staging --to-revisions=00611-cr5=100`"));
}

#[test]
fn an_ambiguous_verdict_claims_no_cause() {
    let text = render(&samples::ambiguous(), &PLAIN);
    let claim = text.lines().find(|line| line.ends_with("ambiguous")).expect("a title");
    assert!(claim.contains("One of 6 causes, at backend-auth"), "{claim}");
}

#[test]
fn each_candidate_names_the_evidence_that_distinguishes_it() {
    let text = render(&samples::ambiguous(), &Style { width: 140, ..PLAIN });
    assert_eq!(text.matches("distinguished by the backend's manifest").count(), 3);
    assert!(text.contains("6 causes remain; the backend's manifest (evidence: manifest) would leave 2"));
}

#[test]
fn a_failed_scenario_without_a_failed_step_is_listed() {
    let mut report = samples::certain();
    report.scenarios[0].outcome = StepOutcome::Failed;
    let text = render(&report, &PLAIN);
    assert!(text.contains("FAILED   health"), "{text}");
}

#[test]
fn a_roll_back_that_would_not_help_is_not_offered() {
    let mut report = samples::certain();
    let rollback = report.causes[0].rollback.as_mut().expect("a rollback");
    rollback.cures = false;
    let text = render(&report, &PLAIN);
    assert!(text.contains("\n  no roll back  "), "{text}");
}
