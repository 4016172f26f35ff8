//! A second cause for a log line that every call of one endpoint leaves, and no other call.

use rstest::rstest;

use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::model::load::parse;
use crate::diagnose::readings::input::{FailedStep, Given, SentProbe};
use crate::diagnose::verdict::cause::{Cause, Certainty};
use crate::diagnose::verdict::diagnose;
use crate::evidence::Evidence;
use crate::fixtures::{by_lists, endpoint, exchange, log_entry};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::terms::TokenKind::{None as NoToken, Valid, WrongKey};
use crate::terms::{Hop, TokenKind};

const FAILING: &str = "backend.chat-messages";
const OTHER: &str = "backend.threads";
const TEA: &str = "out of tea";
const LUNCH: &str = "gone for lunch";

/// The user of the failure is refused, and other users are accepted.
const ONE_IS_REFUSED: &str = r#"{ on = "protected valid same-user", result = ["denied"] }, { on = "protected valid other-user", result = ["ok"] }"#;
/// No event comes, or the call succeeds.
const SILENT_OR_NOT: &str = r#"{ on = "protected valid", result = ["silent", "ok"] }"#;

/// Returns a fault that leaves this line.
fn fault(id: &str, predict: &str, line: &str, decisive: bool) -> String {
    format!(
        "[[fault]]\nid = \"{id}\"\ntitle = \"t\"\nprior = \"uncommon\"\ninvolves = []\ncurable_by_rollback = false\nowner = \"o\"\n\
         fix = \"f\"\nwhys = [{{ claim = \"c\", proof = \"protected valid other-user = ok\", mark = true }}]\n\
         log = [{{ by = \"backend\", match = '{line}', decisive = {decisive} }}]\n[[fault.mode]]\npredict = [{predict}]\n"
    )
}

/// Returns the fault that the failures show.
fn found() -> String {
    fault("client/lunch", ONE_IS_REFUSED, LUNCH, true)
}

fn catalogue(faults: &[String]) -> Catalogue {
    let written = parse("few.toml", &faults.concat()).expect("it is in order");
    Catalogue::of_faults(written.into_iter().map(|one| one.fault).collect())
}

fn at(seconds: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_800_000_000 + seconds).expect("a timestamp")
}

/// Returns the causes when the first call fails for its user alone.
///
/// Calls are made every ten seconds and take two seconds: four at the failing endpoint, `calls` at another, and one at
/// a third from second 80. All others end as they must. The backend writes `line` at these seconds.
fn causes(faults: &[String], calls: u32, line: &str, written: &[i64]) -> Vec<Cause> {
    causes_at(faults, calls, line, written, "03:00:00")
}

/// Returns the same causes with this time of day in every `Date` header. The client's clock says 03:00.
fn causes_at(faults: &[String], calls: u32, line: &str, written: &[i64], time: &str) -> Vec<Cause> {
    let all = [
        (1, FAILING, "primary", Valid, 403),
        (2, FAILING, "second", Valid, 200),
        (3, FAILING, "primary", WrongKey, 401),
        (4, FAILING, "primary", NoToken, 401),
        (5, OTHER, "second", Valid, 200),
        (6, OTHER, "primary", WrongKey, 401),
        (7, OTHER, "primary", NoToken, 401),
        (8, "backend.chat-messages-post", "primary", NoToken, 401),
    ];
    let seen = |(id, on, user, token, status): &(u32, &str, &str, TokenKind, u16)| {
        let body = if *status == 200 { r#"{"messages":[]}"# } else { "{}" };
        let mut probe = exchange(on, *token).answered(*status, "application/json", body);
        probe = probe.with_header("date", &format!("Sun, 22 Nov 2026 {time} GMT"));
        (*user).clone_into(&mut probe.probe.user);
        observe(&Exchange { id: *id, ..probe }, &endpoint(on), "").expect("an observation")
    };
    let observations: Vec<Observation> = all.iter().filter(|(id, ..)| *id <= 4 + calls || *id == 8).map(seen).collect();
    let sent = |exchange: u32| {
        let (from, trace_id) = (i64::from(exchange) * 10, format!("{exchange:032}"));
        SentProbe { exchange, started_at: at(from), ended_at: at(from + 2), trace_id, request_ids: Vec::new() }
    };
    let sent: Vec<SentProbe> = (1..=8).map(sent).collect();
    let entry = |second: &i64| log_entry(at(*second), Hop::Backend, line);
    let log = written.iter().map(entry).collect();
    let evidence = Evidence { log, log_read_at: Some(at(100)), ..Evidence::default() };
    let (target, failed) = (by_lists(), [FailedStep { step: "s/t".into(), exchange: 1, control: false }]);
    let given =
        Given { target: &target, observations: &observations, sent: &sent, evidence: &evidence, failed: &failed };
    diagnose(given, &catalogue(faults))
}

fn ids(causes: &[Cause]) -> Vec<&str> {
    causes.iter().map(|cause| cause.fault.as_str()).collect()
}

#[rstest]
#[case::every_call_of_another_endpoint(&[51, 61, 71])]
#[case::the_call_that_failed(&[11])]
fn a_line_of_a_second_fault_names_it_after_the_cause(#[case] written: &[i64]) {
    let causes = causes(&[found(), fault("agents/tea", SILENT_OR_NOT, TEA, true)], 3, TEA, written);
    assert_eq!(ids(&causes), ["client/lunch", "agents/tea"]);
    assert_eq!((causes[0].certainty, causes[1].certainty), (Certainty::Certain, Certainty::Likely));
    assert_eq!((causes[0].explains.as_slice(), causes[1].explains.len()), (&["s/t".to_owned()][..], 0));
}

#[rstest]
#[case::a_call_of_the_endpoint_left_none(3, &[51, 71])]
#[case::too_few_calls_to_tell(2, &[51, 61])]
#[case::an_earlier_call_of_another_endpoint_left_it_too(3, &[21, 51, 61, 71])]
#[case::a_later_call_of_another_endpoint_left_it_too(3, &[51, 61, 71, 81])]
#[case::other_traffic_left_it_before(3, &[45, 51, 61, 71])]
#[case::other_traffic_left_it_after(3, &[51, 61, 71, 95])]
#[case::at_another_time(3, &[5, 45])]
fn a_line_that_is_not_specific_to_one_endpoint_names_no_fault(#[case] calls: u32, #[case] written: &[i64]) {
    let causes = causes(&[found(), fault("agents/tea", SILENT_OR_NOT, TEA, true)], calls, TEA, written);
    assert_eq!(ids(&causes), ["client/lunch"]);
}

#[rstest]
#[case::the_line_decides_nothing("agents/tea", SILENT_OR_NOT, TEA, false)]
#[case::it_lies_at_the_same_hop("client/tea", SILENT_OR_NOT, TEA, true)]
#[case::a_success_contradicts_it("agents/tea", r#"{ on = "protected valid", result = ["silent"] }"#, TEA, true)]
fn such_a_line_names_no_second_fault(
    #[case] id: &str,
    #[case] predict: &str,
    #[case] line: &str,
    #[case] decisive: bool,
    #[values(&[11], &[51, 61, 71])] written: &[i64],
) {
    let causes = causes(&[found(), fault(id, predict, line, decisive)], 3, line, written);
    assert_eq!(ids(&causes), ["client/lunch"]);
}

#[rstest]
fn a_line_that_the_cause_also_leaves_names_no_second_fault(#[values(&[11], &[51, 61, 71])] written: &[i64]) {
    let causes = causes(&[found(), fault("agents/tea", SILENT_OR_NOT, LUNCH, true)], 3, LUNCH, written);
    assert_eq!(ids(&causes), ["client/lunch"]);
}

#[test]
fn without_a_likely_cause_the_line_names_no_second_fault() {
    let rival = fault("auth/lunch", ONE_IS_REFUSED, "gone for supper", true);
    let causes = causes(&[found(), rival, fault("agents/tea", SILENT_OR_NOT, TEA, true)], 3, TEA, &[51, 61, 71]);
    assert_eq!((causes.len(), causes[0].certainty), (1, Certainty::Ambiguous));
}

#[test]
fn with_two_faults_that_leave_the_line_neither_is_likely() {
    let hidden = ["agents/tea", "data/tea"].map(|id| fault(id, SILENT_OR_NOT, TEA, true));
    let causes = causes(&[&[found()], &hidden[..]].concat(), 3, TEA, &[51, 61, 71]);
    assert_eq!((causes.len(), causes[1].certainty), (2, Certainty::Ambiguous));
    assert_eq!(causes[1].alternatives.len(), 1);
}

#[rstest]
#[case::ours_is_ten_minutes_ahead("02:50:00", "network/clock", &["client/lunch", "network/clock"])]
#[case::ours_is_ten_minutes_behind("03:10:00", "network/clock", &["client/lunch", "network/clock"])]
#[case::ours_is_in_step("03:00:00", "network/clock", &["client/lunch"])]
#[case::it_lies_at_the_same_hop("02:50:00", "client/clock", &["client/lunch"])]
fn a_clock_that_every_response_contradicts_is_named_too(#[case] time: &str, #[case] id: &str, #[case] named: &[&str]) {
    let clock = fault(id, SILENT_OR_NOT, TEA, true) + "usual_facts = { answers-clock = [\"apart\"] }\n";
    let causes = causes_at(&[found(), clock], 3, LUNCH, &[11], time);
    assert_eq!(ids(&causes), named);
}
