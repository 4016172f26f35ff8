//! Which causes show log lines that no why quotes, and what such a line is worth.

use rstest::rstest;

use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::model::load::parse;
use crate::diagnose::readings::input::{FailedStep, Given, SentProbe};
use crate::diagnose::verdict::cause::Cause;
use crate::diagnose::verdict::diagnose;
use crate::evidence::{Evidence, LogEntry};
use crate::fixtures::{endpoint, exchange, log_entry, staging};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::terms::Hop;
use crate::terms::TokenKind::{None as NoToken, Valid};

const FAILING: &str = "backend.chat-messages";
const TEA: &str = "backend: out of tea, the call failed";
const OTHER: &str = "the kettle is broken: an error";

/// Returns a catalogue of two faults: `backend/tea` explains a refused call, `backend/milk` explains none.
fn catalogue(whys: &str) -> Catalogue {
    let fault = |id: &str, effect: &str, whys: &str, line: &str| {
        format!(
            "[[fault]]\nid = \"{id}\"\ntitle = \"t\"\nprior = \"uncommon\"\ninvolves = []\ncurable_by_rollback = false\nowner = \"o\"\n\
             fix = \"f\"\nwhys = [{whys}]\nlog = [{{ by = \"backend\", match = '{line}' }}]\n\
             does = [{{ effect = \"{effect}\" }}]\n"
        )
    };
    let text =
        [fault("backend/tea", "denies-user", whys, "out of tea"), fault("backend/milk", "mute", FAILS, "kettle")];
    let written = parse("two.toml", &text.concat()).expect("it is in order");
    Catalogue::of_faults(written.into_iter().map(|one| one.fault).collect())
}

const FAILS: &str = r#"{ claim = "c", proof = "protected valid = denied", mark = true }"#;
const SAYS_SO: &str = r#"{ claim = "c", proof = "log", mark = true }"#;

fn at(second: u32) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_800_000_000 + i64::from(second)).expect("a timestamp")
}

/// Returns the cause when a call with a valid token is answered so, twice, and the backend writes a line during the first
/// or second.
fn cause(status: u16, catalogue: &Catalogue, written: Option<(u32, &str)>) -> Cause {
    let seen = |(id, token, status): (u32, _, u16)| {
        let probe = exchange(FAILING, token).answered(status, "application/json", "{}");
        observe(&Exchange { id, ..probe }, &endpoint(FAILING), "").expect("an observation")
    };
    let observations: Vec<Observation> = [(1, Valid, status), (2, Valid, status), (3, NoToken, 401)].map(seen).to_vec();
    let sent = |exchange: u32| SentProbe {
        exchange,
        started_at: at(exchange),
        ended_at: at(exchange),
        trace_id: format!("{exchange:032}"),
        request_ids: Vec::new(),
    };
    let sent: Vec<SentProbe> = (1..=3).map(sent).collect();
    let entry = |(call, text): (u32, &str)| log_entry(at(call), Hop::Backend, text);
    let log: Vec<LogEntry> = written.map(entry).into_iter().collect();
    let evidence = Evidence { log: log.into(), log_read_at: Some(at(100)), ..Evidence::default() };
    let (target, failed) = (staging(), [FailedStep { step: "s/t".into(), exchange: 1, control: false }]);
    let given =
        Given { target: &target, observations: &observations, sent: &sent, evidence: &evidence, failed: &failed };
    diagnose(given, catalogue).remove(0)
}

#[rstest]
#[case::a_named_cause(403, "backend/tea")]
#[case::an_unknown_cause(500, "unknown@backend")]
fn a_cause_without_a_quoted_line_shows_the_worst_ones(#[case] status: u16, #[case] fault: &str) {
    let cause = cause(status, &catalogue(FAILS), Some((2, "no milk: an error")));
    assert!(cause.fault.starts_with(fault.split('@').next().expect("a part")), "{cause:?}");
    let lines: Vec<_> = cause.worst_lines.iter().map(|line| (line.says.as_str(), line.exchange)).collect();
    assert_eq!(lines, [("the backend's log at 08:00:02.000Z (by time): no milk: an error", 2)], "of the repeated call");
    assert_eq!(cause.worst_lines[0].matched_by, [""; 0], "no pattern matched it");
}

#[test]
fn a_cause_that_quotes_a_line_shows_no_other() {
    let cause = cause(403, &catalogue(SAYS_SO), Some((1, TEA)));
    assert!(cause.whys.iter().flat_map(|why| &why.evidence).any(|proof| proof.says.ends_with(TEA)), "{cause:?}");
    assert_eq!(cause.worst_lines, []);
}

#[rstest]
#[case::of_this_fault(TEA, "backend/tea")]
#[case::of_another_fault(OTHER, "backend/milk")]
fn a_line_names_the_faults_whose_patterns_match_it(#[case] text: &str, #[case] fault: &str) {
    let cause = cause(403, &catalogue(FAILS), Some((1, text)));
    assert_eq!(cause.worst_lines[0].matched_by, [fault]);
}

#[test]
fn a_line_changes_nothing_else_of_the_verdict() {
    let catalogue = catalogue(FAILS);
    let with = cause(403, &catalogue, Some((2, "no milk: an error")));
    let without = cause(403, &catalogue, Some((2, "hello")));
    assert_eq!(without.worst_lines, []);
    assert_eq!(Cause { worst_lines: Vec::new(), ..with }, without);
}

#[test]
fn without_a_log_no_line_is_shown() {
    assert_eq!(cause(403, &catalogue(FAILS), None).worst_lines, []);
}
