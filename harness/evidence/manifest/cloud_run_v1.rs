//! Services and revisions of Cloud Run as gcloud prints them: Knative Serving v1.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::container::{condition, entries, reason, serving, text, truth};
use super::environment::Environment;
use super::{Dated, Declaration, EnvValue, Layout, Manifest, NEWEST};

/// Reports whether the value is a resource with metadata. Resources of Kubernetes are recognized before.
pub(super) fn recognizes(value: &Value) -> bool {
    value.get("metadata").is_some() || value.get("spec").is_some()
}

pub(super) fn read(value: &Value, plain: &BTreeSet<String>) -> Result<Vec<Declaration>, &'static str> {
    let name = text(value, "/metadata/name").ok_or("no metadata.name")?;
    let containers = value.pointer("/spec/template/spec/containers").or_else(|| value.pointer("/spec/containers"));
    let containers = containers.and_then(Value::as_array).ok_or("no spec.template.spec.containers")?;
    let container = serving(containers).unwrap_or(&Value::Null);
    let mut environment = Environment::new(plain);
    for entry in entries(container, "/env") {
        text(entry, "/name").into_iter().for_each(|name| variable(&name, entry, &mut environment));
    }
    let ready = condition(value, "/status/conditions", "Ready");
    let manifest = Manifest {
        name,
        ready: ready.and_then(truth),
        reason: ready.and_then(|condition| reason(condition, &["reason", "message"])),
        latest_created: text(value, "/status/latestCreatedRevisionName"),
        latest_ready: text(value, "/status/latestReadyRevisionName"),
        url: text(value, "/status/url"),
        ingress: text(value, "/metadata/annotations/run.googleapis.com~1ingress"),
        traffic: traffic(value),
        tags: tags(value),
        ..Manifest::default()
    };
    let service = text(value, "/metadata/labels/serving.knative.dev~1service");
    let kind = text(value, "/kind");
    let is_revision = kind.as_deref() == Some("Revision") || service.is_some();
    let is_service = kind.as_deref() == Some("Service");
    let declaration = Declaration::of(Layout::CloudRun, manifest, environment);
    let (called, revision, dated) =
        (service.into_iter().collect(), revision(value, is_revision), dated(value, is_revision));
    Ok(vec![Declaration { called, revision, is_service, dated, ..declaration.with_container(container) }])
}

/// Returns the revision itself, or the newest one of a service.
fn revision(value: &Value, is_revision: bool) -> Option<String> {
    let newest = ["/status/latestCreatedRevisionName", "/spec/template/metadata/name"];
    let places: &[&str] = if is_revision { &["/metadata/name"] } else { &newest };
    places.iter().find_map(|place| text(value, place))
}

/// Returns when a revision was created, or a service changed last.
fn dated(value: &Value, is_revision: bool) -> Option<Dated> {
    match is_revision {
        true => Dated::read(value, "/metadata/creationTimestamp", true),
        false => Dated::read(value, "/metadata/labels/run.googleapis.com~1lastUpdatedTime", false),
    }
}

fn variable(name: &str, entry: &Value, environment: &mut Environment<'_>) {
    match entry.pointer("/valueFrom/secretKeyRef") {
        Some(reference) => {
            let part = |key: &str| reference.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            environment.reference(name, EnvValue::Secret { name: part("name"), version: part("key") });
        }
        None => environment.literal(name, entry.get("value").and_then(Value::as_str).unwrap_or_default()),
    }
}

/// Returns the traffic targets, from `status.traffic` or else `spec.traffic`.
fn targets(value: &Value) -> &[Value] {
    let listed = ["/status/traffic", "/spec/traffic"].into_iter().find(|pointer| value.pointer(pointer).is_some());
    entries(value, listed.unwrap_or_default())
}

/// Returns the revision of each tag. A tag of the newest revision has that which was ready last.
fn tags(value: &Value) -> BTreeMap<String, String> {
    let newest = || text(value, "/status/latestReadyRevisionName");
    let tag = |target: &Value| Some((text(target, "/tag")?, text(target, "/revisionName").or_else(newest)?));
    targets(value).iter().filter_map(tag).collect()
}

fn traffic(value: &Value) -> Vec<(String, u64)> {
    let share = |target: &Value| {
        let percent = target.get("percent").and_then(Value::as_u64).filter(|percent| *percent > 0)?;
        Some((text(target, "/revisionName").unwrap_or_else(|| NEWEST.to_owned()), percent))
    };
    targets(value).iter().filter_map(share).collect()
}
