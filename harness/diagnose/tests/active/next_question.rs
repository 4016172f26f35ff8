//! What would settle an open verdict: which question, how many candidates it leaves, and its command.

use rstest::rstest;

use crate::config::Target;
use crate::diagnose::active::next_question::Settling;
use crate::diagnose::active::question::Question;
use crate::diagnose::active::{question_command, question_curl};
use crate::diagnose::infer::case::Case;
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::readings::input::{FailedStep, Given, SentProbe};
use crate::diagnose::verdict::cause::Cause;
use crate::diagnose::verdict::diagnose;
use crate::evidence::Evidence;
use crate::fixtures::{endpoint, exchange, key, log_entry, staging};
use crate::observe::{Observation, observe};
use crate::probe::ProbeKey;
use crate::terms::TokenKind::{None as NoToken, Valid, WrongKey};
use crate::terms::{Caller, Hop};

const PROTECTED: &str = "backend.chat-messages";

/// Returns the cause where the backend refuses every token, and the evidence does not show why.
fn open(target: &Target, evidence: &Evidence) -> Cause {
    refused(target, evidence, |given| diagnose(given, Catalogue::shipped()).into_iter().next().expect("a cause"))
}

/// Returns the result of `then` where the backend refuses every token.
fn refused<T>(target: &Target, evidence: &Evidence, then: impl FnOnce(Given<'_>) -> T) -> T {
    let answered = |id: u32, token, status| {
        let mut probe = exchange(PROTECTED, token).answered(status, "application/json", r#"{"detail":"no"}"#);
        probe.id = id;
        observe(&probe, &endpoint(PROTECTED), "").expect("an observation")
    };
    let observations: Vec<Observation> =
        vec![answered(1, Valid, 403), answered(2, NoToken, 401), answered(3, WrongKey, 403)];
    let sent = [SentProbe {
        exchange: 1,
        started_at: "2026-11-22T03:00:00Z".parse().expect("a timestamp"),
        ended_at: "2026-11-22T03:00:02Z".parse().expect("a timestamp"),
        trace_id: "0af7651916cd43dd8448eb211c80319c".into(),
        request_ids: Vec::new(),
    }];
    let failed = [FailedStep { step: "s/t".into(), exchange: 1, control: false }];
    then(Given { target, observations: &observations, sent: &sent, evidence, failed: &failed })
}

fn best(target: &Target, evidence: &Evidence) -> Settling {
    open(target, evidence).settled_by.expect("something would settle it")
}

/// Returns a log that was read and shows nothing.
fn a_log() -> Evidence {
    let at = "2026-11-22T02:00:00Z".parse().expect("a timestamp");
    let entry = log_entry(at, Hop::Backend, "started");
    Evidence { log: vec![entry].into(), ..Evidence::default() }
}

#[test]
fn a_question_leaves_fewer_candidates_and_names_them() {
    let cause = open(&staging(), &Evidence::default());
    let settling = cause.settled_by.expect("something would settle it");
    assert_eq!(settling.of, cause.alternatives.len() + 1);
    assert!(settling.leaves >= 1.0 && settling.leaves < settling.of as f64, "{settling:?}");
    assert!(settling.splits.len() > 1, "{settling:?}");
    let named = |fault: &String| settling.splits.iter().flatten().any(|one| one == fault);
    assert!(named(&cause.fault) && cause.alternatives.iter().all(|other| named(&other.fault)), "{settling:?}");
}

#[test]
fn every_alternative_has_a_question_that_distinguishes_it() {
    let cause = open(&staging(), &Evidence::default());
    for other in cause.alternatives {
        let Some(settling) = other.settled_by else { continue };
        let apart = |split: &Vec<String>| !(split.contains(&cause.fault) && split.contains(&other.fault));
        assert!(settling.splits.iter().any(apart), "{} {settling:?}", other.fault);
    }
}

#[test]
fn the_manifest_command_has_the_names_of_the_target() {
    let settling = best(&staging(), &a_log());
    assert_eq!(settling.evidence, "manifest");
    let command = settling.command.expect("a command");
    assert!(command.starts_with("gcloud run services "), "{command}");
    assert!(command.contains("--project=netra-staging") && command.contains("--region=us-central1"), "{command}");
    assert_eq!(settling.argv[0], "gcloud");
    assert_eq!(settling.feed.as_deref(), Some("fivewhys smoke --target staging --manifest -"));
}

#[rstest]
#[case::missing(None)]
#[case::an_option(Some("--impersonate-service-account=x"))]
#[case::the_end_of_a_string(Some("x\" OR \""))]
fn a_malformed_name_becomes_a_placeholder_that_is_not_run(#[case] project: Option<&str>) {
    let mut target = staging();
    target.names.project = project.map(str::to_owned);
    let settling = best(&target, &a_log());
    assert!(settling.command.is_some_and(|command| command.contains("'--project=<PROJECT>'")));
    assert!(settling.note.is_some_and(|note| note.contains("PROJECT")));
    assert_eq!(settling.argv, Vec::<String>::new());
}

#[test]
fn the_log_command_filters_by_services_and_time() {
    let command = |given: Given<'_>| question_command::command(&Case::of(given, &[]), &Question::Log);
    let argv = refused(&staging(), &Evidence::default(), command).argv;
    let filter = argv.iter().find(|word| word.contains("resource.type")).expect("a filter");
    assert!(filter.contains(r#"service_name=("netra-backend-staging" OR "netra-auth-service")"#), "{filter}");
    assert!(filter.ends_with(r#"timestamp>="2026-11-22T02:45:00Z" AND timestamp<="2026-11-22T03:00:12Z""#), "{filter}");
}

#[rstest]
#[case::right(Caller::Right, r#"'X-Service-Secret: '"$SERVICE_SECRET""#, true)]
#[case::none(Caller::None, "$SERVICE_SECRET", false)]
fn a_curl_command_has_variables_and_no_secret(#[case] caller: Caller, #[case] part: &str, #[case] there: bool) {
    let target = staging();
    let given = Given { target: &target, observations: &[], sent: &[], evidence: &Evidence::default(), failed: &[] };
    let key = ProbeKey { caller, ..key("auth.validate", Valid) };
    let command = question_curl::command(&Case::of(given, &[]), &key);
    let shown = command.shown.expect("a command");
    assert!(shown.contains(r#"'{"token":"'"$TOKEN"'","token_type":"access"}'"#), "{shown}");
    assert_eq!(shown.contains(part), there, "{shown}");
    assert!(shown.ends_with("https://auth.staging.netrasystems.ai/auth/validate"), "{shown}");
    assert_eq!(command.argv, Vec::<String>::new());
    assert!(command.note.is_some_and(|note| note.contains("fivewhys mint primary --target staging")));
}
