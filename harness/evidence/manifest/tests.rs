//! Every layout, read from a sample, and texts that no layout has.

use std::collections::BTreeSet;

use proptest::prelude::{prop_assert, proptest};
use rstest::{Context, rstest};

use super::{Declaration, Manifest, read};

fn declarations(text: &str) -> Result<Vec<Declaration>, String> {
    read(text, &BTreeSet::new(), None).map_err(|error| error.to_string())
}

/// One line for each thing that a reader found.
fn shown(declaration: &Declaration) -> String {
    let Declaration { manifest, called, literals, ports, port_numbers, image, container, .. } = declaration;
    let Declaration { resource, revision, is_service, dated, .. } = declaration;
    let kind = if *is_service { ", of a service" } else { "" };
    let Manifest { name, env, env_from, .. } = manifest;
    let env = env.iter().map(|(name, value)| {
        let literal = if literals.contains_key(name) { "literal" } else { "outside" };
        format!("  {name} ({literal}): {value:?}\n")
    });
    format!(
        "{name} {:?}, also called {called:?}, ports {ports:?} {port_numbers:?}, image {image:?}, {container:?} of {resource:?}\n  ready {:?} because {:?}\n  created {:?}, ready {:?}, traffic {:?}, tags {:?}\n  url {:?}, ingress {:?}\n{}  and from {env_from:?}\n  revision {revision:?}, {dated:?}{kind}\n",
        manifest.layout,
        manifest.ready,
        manifest.reason,
        manifest.latest_created,
        manifest.latest_ready,
        manifest.traffic,
        manifest.tags,
        manifest.url,
        manifest.ingress,
        env.collect::<String>()
    )
}

#[rstest]
#[case::cloud_run_v1(include_str!("samples/cloud_run_v1.json"))]
#[case::cloud_run_v2_ready(include_str!("samples/cloud_run_v2_ready.json"))]
#[case::cloud_run_v2_not_ready(include_str!("samples/cloud_run_v2_not_ready.json"))]
#[case::cloud_run_v2_revisions(include_str!("samples/cloud_run_v2_revisions.json"))]
#[case::deployment(include_str!("samples/deployment.yaml"))]
#[case::pod(include_str!("samples/pod.json"))]
#[case::replica_set(include_str!("samples/replica_set.yaml"))]
#[case::compose(include_str!("samples/compose.yaml"))]
#[case::task_definition(include_str!("samples/task_definition.json"))]
#[case::env_file(include_str!("samples/backend.env"))]
fn every_layout_is_read_without_its_secrets(#[context] context: Context, #[case] text: &str) {
    let read = declarations(text).expect("a manifest");
    let shown: String = read.iter().map(shown).collect();
    assert!(!format!("{shown}{read:?}").contains("canary"), "{shown}");
    insta::assert_snapshot!(context.description.expect("the case has a name"), shown);
}

#[rstest]
#[case::several("{\"metadata\":{\"name\":\"a\"},\"spec\":{\"containers\":[]}}", 2, "it holds 2 manifests")]
#[case::none("", 1, "it holds 0 manifests")]
fn a_place_for_one_manifest_takes_one(#[case] text: &str, #[case] times: usize, #[case] says: &str) {
    let error = Manifest::parse(&text.repeat(times), &BTreeSet::new()).expect_err("refused").to_string();
    assert!(error.contains(says), "{error}");
}

#[rstest]
#[case::json("{\n  \"metadata\": }", "line 2, column 15")]
#[case::json_list("[{]", "line 1, column 3")]
#[case::yaml("services:\n  a: [canary", "line 2")]
#[case::tabs("services:\n\ta: canary", "line 2")]
#[case::twice("services: {}\nservices: {}\n", "line 2")]
#[case::env_file("A=1\ncanary", "line 2, column 1")]
#[case::prose("canary canary", "the layout of no known platform")]
#[case::number("[1]", "the layout of no known platform")]
#[case::no_containers("{\"metadata\":{\"name\":\"a\"}}", "no spec.template.spec.containers")]
fn a_wrong_text_is_refused_with_its_place(#[case] text: &str, #[case] says: &str) {
    let error = declarations(text).expect_err("refused");
    assert!(error.contains(says) && !error.contains("canary"), "{error}");
}

/// Each line has twice the size of the line before: the last would have 10^9 items.
#[test]
fn an_alias_bomb_is_refused() {
    let line = |at: usize| format!("a{at}: &a{at} [{}]\n", format!("*a{},", at - 1).repeat(10));
    let bomb: String = std::iter::once("a0: &a0 [x]\n".to_owned()).chain((1..10).map(line)).collect();
    let error = declarations(&bomb).expect_err("refused");
    assert!(error.contains("exceeds the limits"), "{error}");
}

#[rstest]
#[case::json("[", "]")]
#[case::items("{\"items\":[", "]}")]
#[case::yaml("- ", "")]
fn deep_nesting_is_refused(#[case] open: &str, #[case] close: &str) {
    let text = open.repeat(10_000) + &close.repeat(10_000);
    assert!(declarations(&text).is_err());
}

proptest! {
    #[test]
    fn no_text_panics(text in r#"(?s)([{}\[\]":,\-=&*<|>!\n ]|services|metadata|name|spec|containers|env|canary|kind|apiVersion|v1|Pod|[ax]){0,60}"#) {
        if let Err(error) = declarations(&text) {
            prop_assert!(!error.contains("canary"));
        }
    }
}
