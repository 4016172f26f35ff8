//! Services and revisions of Cloud Run as the Admin API v2 returns them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::container::{condition, entries, reason, serving, text};
use super::environment::Environment;
use super::{Dated, Declaration, EnvValue, Layout, Manifest, NEWEST};

/// Reports whether the value is a service (`template.containers`) or a revision (`containers`) with a resource name.
pub(super) fn recognizes(value: &Value) -> bool {
    let listed = |pointer: &str| value.pointer(pointer).is_some_and(Value::is_array);
    value.get("name").is_some_and(Value::is_string) && (listed("/template/containers") || listed("/containers"))
}

pub(super) fn read(value: &Value, plain: &BTreeSet<String>) -> Result<Vec<Declaration>, &'static str> {
    let resource = text(value, "/name").ok_or("no name")?;
    let listed = ["/template/containers", "/containers"].into_iter().find(|pointer| value.pointer(pointer).is_some());
    let containers = entries(value, listed.ok_or("no template.containers")?);
    let container = serving(containers).unwrap_or(&Value::Null);
    let mut environment = Environment::new(plain);
    for entry in entries(container, "/env") {
        text(entry, "/name").into_iter().for_each(|name| variable(&name, entry, &mut environment));
    }
    let ready = value.get("terminalCondition").or_else(|| condition(value, "/conditions", "Ready"));
    let manifest = Manifest {
        name: last(&resource).to_owned(),
        ready: ready.and_then(succeeded),
        reason: ready.and_then(|one| reason(one, &["reason", "revisionReason", "executionReason", "message"])),
        latest_created: text(value, "/latestCreatedRevision").map(|name| last(&name).to_owned()),
        latest_ready: text(value, "/latestReadyRevision").map(|name| last(&name).to_owned()),
        url: text(value, "/uri"),
        ingress: text(value, "/ingress").map(ingress),
        traffic: traffic(value),
        tags: tags(value),
        ..Manifest::default()
    };
    let is_revision = value.get("template").is_none();
    let is_service = !is_revision && resource.contains("/services/");
    let revision = if is_revision { Some(manifest.name.clone()) } else { manifest.latest_created.clone() };
    let dated = match is_revision {
        true => Dated::read(value, "/createTime", true),
        false => Dated::read(value, "/updateTime", false),
    };
    let declaration = Declaration::of(Layout::CloudRun, manifest, environment).with_container(container);
    Ok(vec![Declaration { called: service_of(value, &resource), revision, is_service, dated, ..declaration }])
}

fn variable(name: &str, entry: &Value, environment: &mut Environment<'_>) {
    match entry.pointer("/valueSource/secretKeyRef") {
        Some(reference) => {
            let part = |key: &str| reference.get(key).and_then(Value::as_str).unwrap_or_default();
            let version = Some(part("version")).filter(|version| !version.is_empty()).unwrap_or("latest").to_owned();
            environment.reference(name, EnvValue::Secret { name: last(part("secret")).to_owned(), version });
        }
        None => environment.literal(name, entry.get("value").and_then(Value::as_str).unwrap_or_default()),
    }
}

/// Returns the last part of a resource name such as `projects/p/locations/l/services/NAME`.
fn last(resource: &str) -> &str {
    resource.rsplit('/').next().unwrap_or(resource)
}

/// Returns the service of a revision.
fn service_of(value: &Value, resource: &str) -> Vec<String> {
    let parts: Vec<&str> = resource.split('/').collect();
    let in_name = parts.iter().position(|part| *part == "services").and_then(|at| parts.get(at + 1));
    let named = text(value, "/service").map(|name| last(&name).to_owned());
    in_name.map(|name| (*name).to_owned()).into_iter().chain(named).collect()
}

fn succeeded(condition: &Value) -> Option<bool> {
    match condition.get("state")?.as_str()? {
        "CONDITION_SUCCEEDED" => Some(true),
        "CONDITION_FAILED" => Some(false),
        _ => None,
    }
}

/// Translates the setting into the words of gcloud. Keeps an unknown word.
fn ingress(word: String) -> String {
    match word.as_str() {
        "INGRESS_TRAFFIC_ALL" => "all".to_owned(),
        "INGRESS_TRAFFIC_INTERNAL_ONLY" => "internal".to_owned(),
        "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" => "internal-and-cloud-load-balancing".to_owned(),
        _ => word,
    }
}

/// Returns the traffic targets, from `trafficStatuses` or else `traffic`.
fn targets(value: &Value) -> &[Value] {
    let listed = ["/trafficStatuses", "/traffic"].into_iter().find(|pointer| value.pointer(pointer).is_some());
    entries(value, listed.unwrap_or_default())
}

/// Returns the revision of each tag. A tag of the newest revision has that which was ready last.
fn tags(value: &Value) -> BTreeMap<String, String> {
    let revision = |target: &Value| {
        text(target, "/revision").or_else(|| text(value, "/latestReadyRevision")).map(|name| last(&name).to_owned())
    };
    targets(value).iter().filter_map(|target| Some((text(target, "/tag")?, revision(target)?))).collect()
}

fn traffic(value: &Value) -> Vec<(String, u64)> {
    let share = |target: &Value| {
        let percent = target.get("percent").and_then(Value::as_u64).filter(|percent| *percent > 0)?;
        let revision = text(target, "/revision").map(|name| last(&name).to_owned());
        Some((revision.unwrap_or_else(|| NEWEST.to_owned()), percent))
    };
    targets(value).iter().filter_map(share).collect()
}
