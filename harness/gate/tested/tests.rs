//! The matrix of proofs and disproofs.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use proptest::prelude::{any, proptest};
use rstest::rstest;

use super::{NOT_SHOWN, OTHER, Seen, findings, tested, unseen};
use crate::config::Target;
use crate::document::values::Query;
use crate::evidence::{LogEntry, LoggedRequest, Manifest, NEWEST};
use crate::fixtures::{exchange, log_entry, staging};
use crate::probe::Exchange;
use crate::report::{ProbeReport, RevisionShare, Tested, TestedRevision};
use crate::terms::{Hop, Service, TokenKind};

const NEW: &str = "shop-00639-g4g";
const OLD: &str = "shop-00611-cr5";

/// What a run has, in one piece.
#[derive(Default)]
struct Case {
    manifest: Option<Manifest>,
    log: Vec<LogEntry>,
    probes: Vec<ProbeReport>,
    header: bool,
    json: bool,
}

impl Case {
    /// The backend was deployed.
    fn backend(&self) -> TestedRevision {
        self.of("backend").0
    }

    fn of(&self, service: &str) -> (TestedRevision, Vec<crate::diagnose::Finding>) {
        let (target, manifests) = (self.target(), self.manifests());
        let seen = Seen { target: &target, manifests: &manifests, log: &self.log, probes: &self.probes };
        let all = tested(&[(service.to_owned(), NEW.to_owned())], &seen);
        let findings = findings(&all, &seen);
        (all.into_iter().next().expect("one service"), findings)
    }

    fn manifests(&self) -> BTreeMap<Service, Manifest> {
        self.manifest.iter().map(|one| (Service::Backend, one.clone())).collect()
    }

    fn target(&self) -> Target {
        let mut target = staging();
        target.version.header = self.header.then(|| "x-revision".to_owned());
        let path: Query = serde_json::from_str(r#""$.version""#).expect("a JSONPath");
        target.version.json = self.json.then_some(path.0);
        target
    }
}

/// A manifest with these shares.
fn manifest(traffic: &[(&str, u64)], newest: Option<&str>) -> Manifest {
    let traffic = traffic.iter().map(|(name, percent)| ((*name).to_owned(), *percent)).collect();
    Manifest { name: "shop".to_owned(), traffic, latest_ready: newest.map(str::to_owned), ..Manifest::default() }
}

fn probe(exchange: Exchange) -> ProbeReport {
    ProbeReport { observation: None, exchange }
}

/// A call of an endpoint of the backend with this trace id.
fn call(trace: &str) -> ProbeReport {
    let exchange = exchange("backend.chat-messages", TokenKind::Valid).answered(200, "application/json", "{}");
    probe(Exchange { trace_id: trace.to_owned(), ..exchange })
}

/// An entry of the request log of the platform, so many seconds after the probes.
fn served(by: &str, trace: Option<&str>, agent: &str, seconds: i64) -> LogEntry {
    let at = call("t").exchange.started_at + SignedDuration::from_secs(seconds);
    let request = LoggedRequest {
        service: Service::Backend,
        method: "GET".to_owned(),
        path: "/".to_owned(),
        status: 200,
        user_agent: agent.to_owned(),
        revision: Some(by.to_owned()),
        latency_ms: None,
        platform: true,
    };
    let trace = trace.map(str::to_owned);
    LogEntry { request: Some(request), trace, ..log_entry(at, Hop::Edge, "") }
}

#[rstest]
#[case::all(&[(NEW, 100)], None, Some(RevisionShare::All))]
#[case::of_the_newest(&[(NEWEST, 100)], Some(NEW), Some(RevisionShare::All))]
#[case::twice(&[(NEWEST, 60), (NEW, 40)], Some(NEW), Some(RevisionShare::All))]
#[case::of_a_newer_one(&[(NEWEST, 100)], Some(OLD), Some(RevisionShare::None))]
#[case::of_the_newest_that_is_not_named(&[(NEWEST, 100)], None, None)]
#[case::pinned(&[(OLD, 100)], Some(NEW), Some(RevisionShare::None))]
#[case::split(&[(OLD, 10), (NEW, 90)], None, Some(RevisionShare::Part))]
#[case::no_shares(&[], Some(NEW), None)]
fn the_manifest_shows_who_gets_the_traffic(
    #[case] traffic: &[(&str, u64)],
    #[case] newest: Option<&str>,
    #[case] share: Option<RevisionShare>,
) {
    let one = Case { manifest: Some(manifest(traffic, newest)), ..Case::default() }.backend();
    assert_eq!(one.proof.first().map(|proof| proof.share), share, "{one:?}");
    let result = match share {
        Some(RevisionShare::All) => Tested::Proven,
        Some(_) => Tested::Other,
        None => Tested::NotShown,
    };
    assert_eq!(one.result, result);
}

#[rstest]
#[case::by_trace_id(&[(NEW, Some("t1"), "curl/8", 0)], Tested::Proven)]
#[case::by_user_agent(&[(NEW, None, "fivewhys/1", 0)], Tested::Proven)]
#[case::of_another_client(&[(OLD, Some("x"), "curl/8", 0)], Tested::NotShown)]
#[case::of_an_earlier_run(&[(OLD, None, "fivewhys/1", -60)], Tested::NotShown)]
#[case::a_trace_id_outweighs_a_user_agent(&[(NEW, Some("t1"), "fivewhys/1", 0), (OLD, Some("x"), "fivewhys/1", 0)], Tested::Proven)]
#[case::another_revision(&[(OLD, Some("t1"), "fivewhys/1", 0)], Tested::Other)]
#[case::two_revisions(&[(NEW, Some("t1"), "fivewhys/1", 0), (OLD, Some("t2"), "fivewhys/1", 0)], Tested::Other)]
fn the_log_shows_who_served(#[case] log: &[(&str, Option<&str>, &str, i64)], #[case] result: Tested) {
    let log = log.iter().map(|(by, trace, agent, seconds)| served(by, *trace, agent, *seconds)).collect();
    let one = Case { log, probes: vec![call("t1"), call("t2")], ..Case::default() }.backend();
    assert_eq!(one.result, result, "{one:?}");
}

#[test]
fn each_request_counts_once() {
    let log = vec![served(NEW, Some("t1"), "fivewhys/1", 0), served(NEW, Some("t1"), "fivewhys/1", 1)];
    let one = Case { log, probes: vec![call("t1")], ..Case::default() }.backend();
    assert_eq!(one.proof[0].says, "the request log (1 request)");
}

#[rstest]
#[case::the_name(NEW, Tested::Proven)]
#[case::the_end_of_the_name("g4g", Tested::Proven)]
#[case::a_longer_end("00639-g4g", Tested::Proven)]
#[case::a_part_of_a_word("4g", Tested::Other)]
#[case::another(OLD, Tested::Other)]
#[case::blank(" ", Tested::NotShown)]
fn a_response_names_its_revision(#[case] value: &str, #[case] result: Tested) {
    let health = || exchange("backend.health", TokenKind::None);
    let header = health().answered(200, "text/plain", "").with_header("x-revision", value);
    let json = health().answered(200, "application/json", &serde_json::json!({ "version": value }).to_string());
    let by_header = Case { probes: vec![probe(header)], header: true, ..Case::default() };
    let by_json = Case { probes: vec![probe(json)], json: true, ..Case::default() };
    assert_eq!((by_header.backend().result, by_json.backend().result), (result, result));
}

#[test]
fn only_the_deployed_service_and_only_its_health_are_asked() {
    let of_auth =
        exchange("auth.health", TokenKind::None).answered(200, "text/plain", "").with_header("x-revision", OLD);
    let list =
        exchange("backend.chat-messages", TokenKind::Valid).answered(200, "application/json", r#"{"version":"2"}"#);
    let probes = vec![probe(of_auth), probe(list)];
    let one = Case { probes, header: true, json: true, ..Case::default() }.backend();
    assert_eq!(one.result, Tested::NotShown, "{one:?}");
}

#[test]
fn at_the_address_of_a_tag_the_traffic_says_nothing() {
    let case = Case { manifest: Some(manifest(&[(OLD, 100)], None)), ..Case::default() };
    let manifests = case.manifests();
    let backend = "https://candidate---shop-abc.a.run.app".parse().expect("a URL");
    let target = Target { backend, ..case.target() };
    let seen = Seen { target: &target, manifests: &manifests, log: &[], probes: &[] };
    let one = tested(&[("backend".to_owned(), NEW.to_owned())], &seen).remove(0);
    assert_eq!((one.result, case.backend().result), (Tested::NotShown, Tested::Other));
}

#[test]
fn one_disproof_outweighs_every_proof() {
    let log = vec![served(OLD, Some("t1"), "fivewhys/1", 0)];
    let case = Case { manifest: Some(manifest(&[(NEW, 100)], None)), log, probes: vec![call("t1")], ..Case::default() };
    let one = case.backend();
    assert_eq!((one.result, one.is_unseen()), (Tested::Other, true), "{one:?}");
    assert_eq!(one.deciding().collect::<Vec<_>>(), [format!("by the request log, {OLD} served 1 of 1 request")]);
}

#[rstest]
#[case::proven("backend", &[(NEW, 100)], None)]
#[case::other("backend", &[(OLD, 100)], Some((OTHER, true, "--to-revisions=shop-00639-g4g=100")))]
#[case::not_shown("backend", &[], Some((NOT_SHOWN, false, "[target.staging.version]")))]
#[case::no_shares("backend", &[], Some((NOT_SHOWN, false, "has no traffic shares")))]
#[case::another_service("frontend", &[], Some((NOT_SHOWN, false, "only backend and auth")))]
fn the_finding_says_what_to_do(
    #[case] service: &str,
    #[case] traffic: &[(&str, u64)],
    #[case] expected: Option<(&str, bool, &str)>,
) {
    let (_, findings) = Case { manifest: Some(manifest(traffic, None)), ..Case::default() }.of(service);
    let Some((id, fails, says)) = expected else { return assert!(findings.is_empty(), "{findings:?}") };
    assert_eq!((findings.len(), findings[0].id.as_str(), findings[0].fails), (1, id, fails));
    assert!(findings[0].evidence.iter().any(|proof| proof.says.contains(says)), "{findings:?}");
}

#[rstest]
#[case::it_starts(Some(true), true)]
#[case::it_does_not_start(Some(false), false)]
fn a_revision_that_does_not_start_is_no_reason_to_wait(#[case] ready: Option<bool>, #[case] is_unseen: bool) {
    let pinned = Manifest { ready, latest_created: Some(NEW.to_owned()), ..manifest(&[(OLD, 100)], Some(OLD)) };
    let case = Case { manifest: Some(pinned), ..Case::default() };
    assert_eq!(unseen(&[case.backend()], &case.manifests()).is_some(), is_unseen);
    assert_eq!(case.backend().result, Tested::Other, "either way");
}

proptest! {
    #[test]
    fn no_text_panics(value in any::<String>(), revision in any::<String>()) {
        let exchange = exchange("backend.health", TokenKind::None).answered(200, "application/json", &value);
        let probes = vec![probe(exchange.with_header("x-revision", &value))];
        let log = vec![served(&value, Some(&value), &value, 0)];
        let case = Case { manifest: Some(manifest(&[(&value, 100)], Some(&value))), log, probes, header: true, json: true };
        let (target, manifests) = (case.target(), case.manifests());
        let seen = Seen { target: &target, manifests: &manifests, log: &case.log, probes: &case.probes };
        let all = tested(&[("backend".to_owned(), revision)], &seen);
        findings(&all, &seen);
    }
}
