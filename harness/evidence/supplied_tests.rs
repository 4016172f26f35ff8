//! What may be handed over as evidence, and what is said of anything else.

use proptest::prelude::{prop_assert, proptest};
use rstest::rstest;

use super::{Supplied, SuppliedError};
use crate::evidence::Evidence;
use crate::fixtures::staging;
use crate::target::{Door, Service};

const CONTAINERS: &str =
    r#""spec":{"template":{"spec":{"containers":[{"env":[{"name":"SERVICE_ID","value":"netra-backend"}]}]}}}"#;

fn named(name: &str) -> String {
    format!(r#"{{"metadata":{{"name":"{name}"}},{CONTAINERS}}}"#)
}

fn read(service: Option<Service>, text: &str) -> Result<Vec<Service>, SuppliedError> {
    let (mut supplied, mut evidence) = (Supplied::default(), Evidence::default());
    supplied.add_manifests("stdin", service, text, &staging().names)?;
    supplied.lay_manifests_over(&mut evidence);
    assert!(supplied.doors().contains(&Door::Manifest));
    Ok(evidence.manifests.into_keys().collect())
}

#[test]
fn a_manifest_tells_by_its_name_whose_it_is() {
    assert_eq!(read(None, &named("netra-backend-staging")).ok(), Some(vec![Service::Backend]));
    assert_eq!(read(None, &named("netra-auth-service")).ok(), Some(vec![Service::Auth]));
}

#[test]
fn a_revision_tells_by_its_label() {
    let revision = r#"{"metadata":{"name":"x-00001-abc","labels":{"serving.knative.dev/service":"netra-auth-service"}},"spec":{"containers":[{}]}}"#;
    assert_eq!(read(None, revision).ok(), Some(vec![Service::Auth]));
}

#[test]
fn whoever_says_whose_it_is_is_believed() {
    assert_eq!(read(Some(Service::Auth), &named("elsewhere")).ok(), Some(vec![Service::Auth]));
}

#[rstest]
#[case::listed(format!("[{},{}]", named("netra-backend-staging"), named("netra-auth-service")))]
#[case::one_after_the_other(format!("{}\n{}", named("netra-backend-staging"), named("netra-auth-service")))]
fn several_come_at_once(#[case] text: String) {
    assert_eq!(read(None, &text).ok(), Some(vec![Service::Backend, Service::Auth]));
}

#[rstest]
#[case::broken("{\n  \"metadata\": }", "stdin, line 2, column 15")]
#[case::cut("{\"metadata\"", "stdin, line 1, column 11")]
#[case::empty("", "it holds no manifest")]
#[case::other(r#"{"valid":true}"#, "no metadata.name")]
#[case::bare(r#"{"metadata":{"name":"x"}}"#, "no spec.template.spec.containers")]
#[case::stranger(&named("elsewhere"), "it is the manifest of `elsewhere`; the target's services are netra-backend-staging")]
fn what_is_no_manifest_is_refused_with_its_place(#[case] text: &str, #[case] says: &str) {
    let error = read(None, text).expect_err("refused").to_string();
    assert!(error.contains(says), "{error}");
}

#[rstest]
#[case::broken("[{]", Some("stdin, line 1, column 3"))]
#[case::other(r#"[{"a":1}]"#, Some("no log entry"))]
#[case::empty("[]", None)]
#[case::nothing("", None)]
#[case::entry(r#"{"timestamp":"2026-11-22T03:00:00Z","resource":{"labels":{"service_name":"x"}}}"#, None)]
fn a_log_export_is_one_or_is_refused(#[case] text: &str, #[case] says: Option<&str>) {
    let mut supplied = Supplied::default();
    let refused = supplied.add_log("stdin", text).err().map(|error| error.to_string());
    assert_eq!(refused.is_some(), says.is_some(), "{refused:?}");
    assert!(refused.is_none_or(|refused| refused.contains(says.unwrap_or_default())));
}

#[test]
fn what_happened_after_the_last_entry_is_not_in_a_log() {
    let mut supplied = Supplied::default();
    let entry = r#"{"timestamp":"2026-11-22T03:00:00Z","resource":{"labels":{"service_name":"netra-auth-service"}},"textPayload":"x"}"#;
    supplied.add_log("stdin", entry).expect("a log");
    let mut evidence = Evidence::default();
    supplied.add_log_to(&mut evidence, &staging(), &str::to_owned);
    assert_eq!(evidence.log.len(), 1);
    assert_eq!(evidence.log_read_at.map(|at| at.to_string()).as_deref(), Some("2026-11-22T03:00:00Z"));
}

proptest! {
    #[test]
    fn nothing_panics_and_nothing_is_quoted(text in r#"(?s)([{}\[\]":,a-z]|canary){0,60}"#) {
        let mut supplied = Supplied::default();
        let said = [
            supplied.add_manifests("stdin", None, &text, &staging().names).err(),
            supplied.add_log("stdin", &text).err(),
        ];
        for error in said.into_iter().flatten() {
            prop_assert!(!error.to_string().contains("canary"));
        }
    }
}
