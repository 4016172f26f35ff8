//! A service as `gcloud run services describe --format=json` prints it (edge-signatures 8.3): Knative v1, keys sorted.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::spec::Source;
use super::{PROJECT, REGION, ServiceSpec};

/// How the newest revision fared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rollout {
    /// It serves.
    Ready,
    /// Its container did not start; traffic stays with the revision before it.
    ContainerFailed,
}

/// What is asked for: the manifest before its rollout. Processes read their environment from here.
pub(crate) fn requested(service: &ServiceSpec) -> Value {
    json!({
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {
            "annotations": annotations(service),
            "generation": 639,
            "labels": { "cloud.googleapis.com/location": REGION },
            "name": service.name,
            "namespace": "701982941522",
        },
        "spec": { "template": template(service), "traffic": [{ "latestRevision": true, "percent": 100 }] },
    })
}

/// The whole manifest, after its rollout.
pub(crate) fn rolled_out(service: &ServiceSpec, url: &str, rollout: Rollout) -> Value {
    let mut manifest = requested(service);
    manifest["status"] = status(service, url, rollout);
    manifest
}

/// The invoker check is part of the service's own JSON since it can be switched off there; a service that is not public
/// simply lacks the annotation.
fn annotations(service: &ServiceSpec) -> Value {
    let mut annotations = Map::new();
    annotations.insert("run.googleapis.com/ingress".into(), json!(service.ingress));
    annotations.insert("run.googleapis.com/ingress-status".into(), json!(service.ingress));
    if service.public {
        annotations.insert("run.googleapis.com/invoker-iam-disabled".into(), json!("true"));
    }
    Value::Object(annotations)
}

fn template(service: &ServiceSpec) -> Value {
    let container = json!({
        "env": service.env.iter().map(env_entry).collect::<Vec<_>>(),
        "image": format!("gcr.io/{PROJECT}/{}:latest", service.name),
        "ports": [{ "containerPort": service.container_port, "name": "http1" }],
        "resources": { "limits": { "cpu": "2", "memory": memory(service.memory_mib) } },
        "startupProbe": {
            "failureThreshold": 1,
            "periodSeconds": 240,
            "tcpSocket": { "port": service.container_port },
            "timeoutSeconds": 240,
        },
    });
    json!({
        "metadata": { "annotations": { "autoscaling.knative.dev/maxScale": "1" }, "name": service.revision },
        "spec": {
            "containerConcurrency": 80,
            "containers": [container],
            "serviceAccountName": format!("{}@{PROJECT}.iam.gserviceaccount.com", service.name),
            "timeoutSeconds": service.timeout_seconds,
        },
    })
}

/// Whole gibibytes are written as such.
fn memory(mebibytes: u32) -> String {
    match mebibytes % 1024 {
        0 => format!("{}Gi", mebibytes / 1024),
        _ => format!("{mebibytes}Mi"),
    }
}

fn env_entry((name, source): &(&'static str, Source)) -> Value {
    match source {
        Source::Value(value) => json!({ "name": name, "value": value }),
        Source::Secret { name: secret, version } => {
            json!({ "name": name, "valueFrom": { "secretKeyRef": { "key": version, "name": secret } } })
        }
    }
}

fn status(service: &ServiceSpec, url: &str, rollout: Rollout) -> Value {
    let ready = match rollout {
        Rollout::Ready => service.revision,
        Rollout::ContainerFailed => service.previous_revision,
    };
    let conditions: Vec<_> =
        ["Ready", "ConfigurationsReady", "RoutesReady"].iter().map(|kind| condition(kind, service, rollout)).collect();
    json!({
        "address": { "url": url },
        "conditions": conditions,
        "latestCreatedRevisionName": service.revision,
        "latestReadyRevisionName": ready,
        "observedGeneration": 639,
        "traffic": [{ "latestRevision": true, "percent": 100, "revisionName": ready }],
        "url": url,
    })
}

fn condition(kind: &str, service: &ServiceSpec, rollout: Rollout) -> Value {
    let since = format!("{:.6}", Timestamp::now());
    if rollout == Rollout::Ready || kind == "RoutesReady" {
        return json!({ "lastTransitionTime": since, "status": "True", "type": kind });
    }
    let message = format!(
        "Revision '{}' is not ready and cannot serve traffic. The user-provided container failed to start and listen on \
         the port defined provided by the PORT={} environment variable within the allocated timeout. Logs for this \
         revision might contain more information.",
        service.revision, service.container_port
    );
    json!({
        "lastTransitionTime": since,
        "message": message,
        "reason": "HealthCheckContainerError",
        "status": "False",
        "type": kind,
    })
}
