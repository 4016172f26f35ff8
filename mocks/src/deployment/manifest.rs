//! The manifest of a service as `gcloud run services describe --format=json` prints it: Knative v1, keys sorted.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::spec::{PROJECT, REGION, ServiceSpec, Source};

/// The result of a rollout.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rollout {
    /// The new revision serves.
    Ready,
    /// The new revision's container did not start; the previous revision keeps the traffic.
    ContainerFailed,
}

/// Returns the manifest before the rollout. Processes read their environment from it.
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

/// Returns the whole manifest, with the status after the rollout.
pub(crate) fn rolled_out(service: &ServiceSpec, url: &str, rollout: Rollout) -> Value {
    let mut manifest = requested(service);
    manifest["status"] = status(service, url, rollout);
    manifest
}

/// Returns a revision as `gcloud run revisions describe --format=json` prints it.
pub(crate) fn revision(service: &ServiceSpec, name: &str, is_ready: bool, created: Timestamp) -> Value {
    let status = if is_ready { "True" } else { "False" };
    json!({
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Revision",
        "metadata": {
            "creationTimestamp": format!("{created:.6}"),
            "labels": {
                "cloud.googleapis.com/location": REGION,
                "serving.knative.dev/configuration": service.name,
                "serving.knative.dev/service": service.name,
            },
            "name": name,
            "namespace": "701982941522",
        },
        "spec": template(service)["spec"],
        "status": { "conditions": [{ "status": status, "type": "Ready" }] },
    })
}

/// Gives `share` of the traffic in a manifest to the previous revision.
pub(crate) fn split_traffic(manifest: &mut Value, service: &ServiceSpec, share: f64) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share is between 0 and 1")]
    let percent = (share * 100.0).round() as u32;
    let traffic = json!([
        { "percent": 100 - percent, "revisionName": service.revision },
        { "percent": percent, "revisionName": service.previous_revision },
    ]);
    manifest["spec"]["traffic"] = traffic.clone();
    manifest["status"]["traffic"] = traffic;
}

/// Returns the annotations. A service with an invoker check has no `invoker-iam-disabled`.
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

/// Prints a memory limit as Kubernetes does; whole gibibytes get the unit `Gi`.
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
