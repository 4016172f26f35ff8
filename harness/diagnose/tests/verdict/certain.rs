//! What the last remaining candidate needs to be certain, in addition to its mark.

use std::collections::{BTreeMap, BTreeSet};

use rstest::rstest;

use crate::diagnose::infer::candidate::{Candidate, best_line};
use crate::diagnose::infer::case::Case;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::model::load::parse;
use crate::diagnose::readings::input::{FailedStep, Given, SentProbe};
use crate::diagnose::verdict::cause::Certainty;
use crate::diagnose::verdict::certainty;
use crate::evidence::{Evidence, LogEntry, LoggedRequest, Manifest};
use crate::fixtures::{endpoint, exchange, log_entry, staging};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::terms::TokenKind::{None as NoToken, Valid, WrongKey};
use crate::terms::{Hop, Service, TokenKind};

const FAILING: &str = "backend.chat-messages";
const OTHER: &str = "backend.threads";

/// Returns a catalogue of one fault: a valid token fails at one endpoint, and that is its mark.
fn one_fault(why: &str, facts: &str) -> Catalogue {
    let text = format!(
        "[[fault]]\nid = \"backend/tea\"\ntitle = \"t\"\nprior = \"uncommon\"\ninvolves = []\ncurable_by_rollback = false\nowner = \"o\"\n\
         fix = \"f\"\nwhys = [{why}]\nlog = [{{ by = \"backend\", match = 'out of tea' }}]\ndoes = [{{ effect = \"denies-user\" }}]\n[[fault.mode]]\n\
         facts = {{ {facts} }}\n"
    );
    let written = parse("one.toml", &text).expect("it is in order");
    Catalogue::of_faults(written.into_iter().map(|one| one.fault).collect())
}

const FAILS: &str = r#"{ claim = "c", proof = "protected valid = denied|not-found|wrong-service", mark = true }"#;

/// A posterior that is enough for a certain verdict.
const SURE: f64 = 0.999;

struct Call(u32, &'static str, TokenKind, u16);

/// Returns how certain the fault is, if the readings leave no other.
fn certainty(calls: &[Call], catalogue: &Catalogue, evidence: &Evidence) -> Option<Certainty> {
    let seen = |Call(id, on, token, status): &Call| {
        let body = if *status == 200 { r#"{"messages":[]}"# } else { "{}" };
        let probe = exchange(on, *token).answered(*status, "application/json", body);
        observe(&Exchange { id: *id, ..probe }, &endpoint(on), "").expect("an observation")
    };
    let observations: Vec<Observation> = calls.iter().map(seen).collect();
    let sent = |call: &Call| SentProbe {
        exchange: call.0,
        started_at: at(call.0),
        ended_at: at(call.0),
        trace_id: trace(call.0),
        request_ids: Vec::new(),
    };
    let sent: Vec<SentProbe> = calls.iter().map(sent).collect();
    let (target, failed) = (staging(), [FailedStep { step: "s/t".into(), exchange: 1, control: false }]);
    let given = Given { target: &target, observations: &observations, sent: &sent, evidence, failed: &failed };
    let case = Case::of(given, &[]);
    let fault = catalogue.faults().first().expect("a fault");
    let compared = Candidate::by_records(fault, best_line(fault, &case), &case)?;
    let only = Candidate { explains: BTreeSet::from([1]), ..compared };
    Some(certainty::cause(&case, &[(&only, SURE)], &[], &failed.iter().collect::<Vec<_>>()).certainty)
}

fn at(second: u32) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_800_000_000 + i64::from(second)).expect("a timestamp")
}

fn trace(exchange: u32) -> String {
    format!("{exchange:032}")
}

#[rstest]
#[case::it_denies_calls_without_a_token(404, 401, Certainty::Certain)]
#[case::it_says_not_found_to_every_user(404, 404, Certainty::Likely)]
#[case::it_redirects(302, 401, Certainty::Likely)]
#[case::it_denies(403, 401, Certainty::Certain)]
fn what_may_be_the_systems_own_refusal_is_not_certain(
    #[case] good: u16,
    #[case] nobody: u16,
    #[case] expected: Certainty,
) {
    let calls = [Call(1, FAILING, Valid, good), Call(2, FAILING, NoToken, nobody), Call(3, OTHER, WrongKey, nobody)];
    assert_eq!(certainty(&calls, &one_fault(FAILS, ""), &Evidence::default()), Some(expected));
}

#[rstest]
#[case::one_revision_serves_all("a", "a", Certainty::Certain)]
#[case::what_fails_is_served_by_the_other("a", "b", Certainty::Likely)]
fn a_failure_of_one_revision_alone_is_not_certain(
    #[case] failing: &str,
    #[case] working: &str,
    #[case] expected: Certainty,
) {
    let calls = [Call(1, FAILING, Valid, 403), Call(2, FAILING, NoToken, 401), Call(3, OTHER, Valid, 200)];
    let served = |(exchange, by): &(u32, &str)| LogEntry {
        request: Some(LoggedRequest {
            service: Service::Backend,
            method: "GET".into(),
            path: "/".into(),
            status: 403,
            user_agent: "fivewhys/0".into(),
            revision: Some((*by).to_owned()),
            latency_ms: None,
            platform: true,
        }),
        trace: Some(trace(*exchange)),
        ..log_entry(at(*exchange), Hop::Edge, "")
    };
    let log = [(1, failing), (2, failing), (3, working)].iter().map(served).collect();
    let evidence = Evidence { log, log_read_at: Some(at(100)), ..Evidence::default() };
    assert_eq!(certainty(&calls, &one_fault(FAILS, ""), &evidence), Some(expected));
}

/// Returns a manifest whose JWT secret has this version.
fn manifest(name: &str, version: &str) -> Manifest {
    let text = format!(
        r#"{{"metadata":{{"name":"{name}"}},"spec":{{"template":{{"spec":{{"containers":[{{"env":[
            {{"name":"JWT_SECRET_KEY","valueFrom":{{"secretKeyRef":{{"name":"s","key":"{version}"}}}}}}]}}]}}}}}}}}"#
    );
    Manifest::parse(&text, &staging().names.shown).expect("a manifest")
}

#[rstest]
#[case::the_backend_says_so_too(Some("out of tea"), Certainty::Certain)]
#[case::the_log_says_something_else(Some("gone for lunch"), Certainty::Likely)]
#[case::the_log_was_not_read(None, Certainty::Likely)]
fn a_difference_of_manifests_needs_a_log_line_to_be_certain(#[case] line: Option<&str>, #[case] expected: Certainty) {
    let differs = r#"{ claim = "c", proof = "fact jwt-secret", mark = true, beside_a_line = true }"#;
    let written = |text: &str| LogEntry { trace: Some(trace(1)), ..log_entry(at(1), Hop::Backend, text) };
    let evidence = Evidence {
        manifests: BTreeMap::from([
            (Service::Backend, manifest("netra-backend-staging", "3")),
            (Service::Auth, manifest("netra-auth-service", "4")),
        ]),
        log: line.map(written).into_iter().collect(),
        log_read_at: Some(at(100)),
        ..Evidence::default()
    };
    let calls = [Call(1, FAILING, Valid, 403), Call(2, FAILING, NoToken, 401)];
    let catalogue = one_fault(differs, r#"jwt-secret = ["differs"]"#);
    assert_eq!(certainty(&calls, &catalogue, &evidence), Some(expected));
}
