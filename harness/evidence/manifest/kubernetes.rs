//! Workloads of Kubernetes: Deployments and their like, ReplicaSets and Pods.

use std::collections::BTreeSet;

use serde_json::Value;

use super::container::{condition, entries, reason, scalar, serving, text, truth};
use super::environment::Environment;
use super::layout::Resources;
use super::{Dated, Declaration, EnvValue, Layout, Manifest};

/// Reports whether the value is a resource of Kubernetes, other than one of Knative Serving.
pub(super) fn recognizes(value: &Value) -> bool {
    let version = value.get("apiVersion").and_then(Value::as_str);
    version.is_some_and(|version| !version.contains("knative.dev")) && value.get("kind").is_some()
}

/// Reads a workload. Other resources, for example a Service or a ConfigMap, are no manifests.
pub(super) fn read(
    value: &Value,
    all: &Resources<'_>,
    plain: &BTreeSet<String>,
) -> Result<Vec<Declaration>, &'static str> {
    let pods = ["/spec/template/spec", "/spec/jobTemplate/spec/template/spec", "/spec"];
    let Some(pod) = pods.iter().filter_map(|at| value.pointer(at)).find(|pod| pod.get("containers").is_some()) else {
        return Ok(Vec::new());
    };
    let container = default_container(value, pod).unwrap_or(&Value::Null);
    let name = text(value, "/metadata/name").or_else(|| text(value, "/metadata/generateName"));
    let (ready, reason) = state(value);
    let manifest = Manifest { name: name.ok_or("no metadata.name")?, ready, reason, ..Manifest::default() };
    let environment = Reader { all, environment: Environment::new(plain) }.read(container);
    let declaration = Declaration::of(Layout::Kubernetes, manifest, environment);
    let (called, resource, name) = (called(value), resource(value), text(container, "/name"));
    let declaration = Declaration { called, container: name, resource, ..declaration.with_container(container) };
    Ok(vec![Declaration { dated: dated(value), ..declaration }])
}

/// Returns when a Deployment was rolled out last, or when another workload was created.
fn dated(value: &Value) -> Option<Dated> {
    let rolled_out = condition(value, "/status/conditions", "Progressing");
    let rolled_out = rolled_out.and_then(|condition| Dated::read(condition, "/lastUpdateTime", false));
    let is_deployment = text(value, "/kind").is_some_and(|kind| kind == "Deployment");
    let created = || Dated::read(value, "/metadata/creationTimestamp", true).filter(|_| !is_deployment);
    rolled_out.or_else(created)
}

/// Returns the workload that holds the variables: of a ReplicaSet, the Deployment that owns it.
fn resource(value: &Value) -> Option<String> {
    let is_owned = text(value, "/kind").is_some_and(|kind| kind == "ReplicaSet");
    let owner = value.pointer("/metadata/ownerReferences/0").filter(|_| is_owned);
    let (kind, name) = owner.map_or(("/kind", "/metadata/name"), |_| ("/kind", "/name"));
    let named = owner.unwrap_or(value);
    Some(format!("{}/{}", text(named, kind)?.to_ascii_lowercase(), text(named, name)?))
}

/// Returns the container that the annotation of the Pod names, or else the one that serves requests.
fn default_container<'a>(value: &Value, pod: &'a Value) -> Option<&'a Value> {
    let containers = entries(pod, "/containers");
    let annotation = "/metadata/annotations/kubectl.kubernetes.io~1default-container";
    let named = text(value, annotation).or_else(|| text(value, &format!("/spec/template{annotation}")));
    let is_named = |one: &&Value| named.is_some() && text(one, "/name") == named;
    containers.iter().find(is_named).or_else(|| serving(containers))
}

/// Returns further names of the workload: its labels, and the workload that owns it.
fn called(value: &Value) -> Vec<String> {
    let labels = ["app.kubernetes.io~1name", "app.kubernetes.io~1instance", "app", "k8s-app"];
    let labels = labels.into_iter().filter_map(|label| text(value, &format!("/metadata/labels/{label}")));
    let owners = entries(value, "/metadata/ownerReferences").iter().filter_map(|owner| text(owner, "/name"));
    labels.chain(owners).collect()
}

/// Returns whether the workload is ready, and why it is not.
fn state(value: &Value) -> (Option<bool>, Option<String>) {
    let conditions = "/status/conditions";
    let parts = ["reason", "message"];
    // The state of a container names the missing Secret. The condition of its Pod only says `ContainersNotReady`.
    let waiting = entries(value, "/status/containerStatuses").iter().find_map(|one| one.pointer("/state/waiting"));
    if let Some(waiting) = waiting {
        return (Some(false), reason(waiting, &parts));
    }
    let is_false = |kind: &str| condition(value, conditions, kind).filter(|one| truth(one) == Some(false));
    if let Some(bad) = ["Progressing", "ReplicaFailure"].into_iter().find_map(is_false).or_else(|| failure(value)) {
        return (Some(false), reason(bad, &parts));
    }
    let ready = ["Ready", "Available"].into_iter().find_map(|kind| condition(value, conditions, kind));
    (ready.and_then(truth), ready.and_then(|one| reason(one, &parts)))
}

/// Returns the condition `ReplicaFailure`, which is bad when it is true.
fn failure(value: &Value) -> Option<&Value> {
    condition(value, "/status/conditions", "ReplicaFailure").filter(|one| truth(one) == Some(true))
}

/// Reads the variables of a container. ConfigMaps and Secrets of the same text tell the keys of `envFrom`.
struct Reader<'a, 'v> {
    all: &'v Resources<'v>,
    environment: Environment<'a>,
}

impl<'a> Reader<'a, '_> {
    fn read(mut self, container: &Value) -> Environment<'a> {
        // A variable of `env` takes precedence over one of `envFrom`.
        entries(container, "/envFrom").iter().for_each(|source| self.env_from(source));
        for entry in entries(container, "/env") {
            text(entry, "/name").into_iter().for_each(|name| self.env(&name, entry));
        }
        self.environment
    }

    fn env_from(&mut self, source: &Value) {
        let prefix = text(source, "/prefix").unwrap_or_default();
        for (at, kind) in [("/secretRef/name", "Secret"), ("/configMapRef/name", "ConfigMap")] {
            let Some(name) = text(source, at) else { continue };
            let Some(resource) = self.resource(kind, &name) else {
                self.environment.from(format!("the {kind} {name}"));
                continue;
            };
            for key in keys(resource) {
                self.variable(&format!("{prefix}{key}"), kind, &name, &key);
            }
        }
    }

    fn env(&mut self, name: &str, entry: &Value) {
        let Some(from) = entry.get("valueFrom") else {
            let value = entry.get("value").and_then(scalar).unwrap_or_default();
            return self.environment.literal(name, &value);
        };
        let keys = [("/secretKeyRef", "Secret"), ("/configMapKeyRef", "ConfigMap")];
        match keys.iter().find_map(|(part, kind)| Some((*kind, from.pointer(part)?))) {
            Some((kind, reference)) => {
                let part = |pointer: &str| text(reference, pointer).unwrap_or_default();
                self.variable(name, kind, &part("/name"), &part("/key"));
            }
            None => self.environment.reference(name, EnvValue::Reference("a field of the Pod".to_owned())),
        }
    }

    /// Adds a variable that is a key of a Secret or ConfigMap. The value of a ConfigMap is no secret.
    fn variable(&mut self, name: &str, kind: &str, resource: &str, key: &str) {
        let data = self.resource(kind, resource).and_then(|resource| resource.get("data")?.get(key)).and_then(scalar);
        match (kind, data) {
            ("Secret", _) => {
                let secret = EnvValue::Secret { name: format!("{resource}/{key}"), version: String::new() };
                self.environment.reference(name, secret);
            }
            (_, Some(value)) => self.environment.literal(name, &value),
            (_, None) => {
                let reference = EnvValue::Reference(format!("the {kind} {resource}, key {key}"));
                self.environment.reference(name, reference);
            }
        }
    }

    fn resource(&self, kind: &str, name: &str) -> Option<&Value> {
        self.all.get(&(kind, name)).copied()
    }
}

/// Returns the keys of a Secret or ConfigMap.
fn keys(resource: &Value) -> Vec<String> {
    let tables = ["data", "stringData"].into_iter().filter_map(|part| resource.get(part)?.as_object());
    tables.flat_map(|table| table.keys().cloned()).collect()
}
