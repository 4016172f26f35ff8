//! Prometheus reads the server of a watch, and answers every query of the dashboard.

use std::net::SocketAddr;

use jiff::Timestamp;
use libtest_mimic::Failed;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::server::{Prometheus, encoded};
use super::{root, rules};

pub(super) fn every_metric() -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let prometheus = Prometheus::start(served().await?, &rules())?;
        values(&prometheus).await?;
        types(&prometheus).await?;
        alerts(&prometheus).await?;
        dashboard(&prometheus).await
    })
}

/// Serves a target whose last run failed, and returns the address.
async fn served() -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let state = failing().to_string();
    tokio::spawn(async move {
        fivewhys::internal::watch::serve_recorded(listener, &state, std::future::pending()).await.expect("a state");
    });
    Ok(address)
}

fn failing() -> Value {
    let now = Timestamp::now();
    let step = json!({ "id": "send", "outcome": "failed", "took_ms": 1500.0 });
    let cause = json!({
        "fault": "backend-auth/service-secret-mismatch", "title": "\"quoted\" \\ title", "hop": "backend ↔ auth",
        "certainty": "certain", "whys": [], "explains": [],
    });
    let ran = json!({
        "at": now, "took_ms": 2500.0, "end": "failed", "error": null, "causes": [cause], "findings": ["edge/no-hsts"],
        "scenarios": [{ "id": "chat \"a\\b\"", "outcome": "failed", "steps": [step] }],
        "requests": 14, "budget_used": 0.25, "auth": { "sent": 4, "accepted": 1 },
    });
    let passed = json!({
        "at": now, "took_ms": 900.0, "end": "passed", "error": null, "causes": [], "findings": [], "scenarios": [],
        "requests": 1, "budget_used": 0.1, "auth": null,
    });
    let objective = json!({
        "name": "auth-errors", "measure": "auth-errors", "unit": "share", "bound": "at-most", "limit": 0.0, "value": 0.75, "calls": 4,
        "bad": 3, "outcome": "missed",
    });
    let alert =
        json!({ "long_s": 3600, "short_s": 300, "threshold": 14.4, "long": 75.0, "short": 75.0, "fires": true });
    let burn =
        json!({ "name": "auth-errors", "samples": [], "burn": { "used": 75.0, "alerts": [alert, alert, alert] } });
    let incident =
        json!({ "number": 3, "opened": now, "cured": null, "causes": [cause], "scenarios": [], "changes": [] });
    json!({ "since": now, "every": { "secs": 60, "nanos": 0 }, "targets": [{
        "name": "staging", "runs": [passed, ran], "incidents": [incident], "auth_last_success": now,
        "measured": [objective], "objectives": [burn],
        "totals": { "passed": 40, "failed": 2, "untested": 0, "requests": 560 },
    }] })
}

async fn values(prometheus: &Prometheus) -> Result<(), Failed> {
    let expected = [
        ("up{job=\"fivewhys\"}", 1.0),
        ("fivewhys_up{target=\"staging\"}", 0.0),
        ("fivewhys_runs_total{end=\"passed\"}", 40.0),
        ("fivewhys_incidents_opened_total", 3.0),
        ("fivewhys_service_auth_success_ratio", 0.25),
        ("fivewhys_objective_met{objective=\"auth-errors\"}", 0.0),
        ("fivewhys_step_duration_seconds_sum{scenario=\"chat \\\"a\\\\b\\\"\",step=\"send\"}", 1.5),
        ("histogram_quantile(1, fivewhys_step_duration_seconds_bucket{step=\"send\"})", 2.0),
        (
            "fivewhys_cause{hop=\"backend ↔ auth\",fault=\"backend-auth/service-secret-mismatch\",certainty=\"certain\"}",
            1.0,
        ),
    ];
    for (query, value) in expected {
        let samples = prometheus.samples(query).await?;
        let found: f64 = samples[0]["value"][1].as_str().ok_or("no value")?.parse()?;
        if samples.len() != 1 || (found - value).abs() > f64::EPSILON {
            return Err(format!("{query} is {samples:?}, not {value}").into());
        }
    }
    Ok(())
}

async fn types(prometheus: &Prometheus) -> Result<(), Failed> {
    let metadata = prometheus.get("/api/v1/metadata").await?;
    let expected = [
        ("fivewhys_runs", "counter", ""),
        ("fivewhys_up", "gauge", ""),
        ("fivewhys_step_duration_seconds", "histogram", "seconds"),
        ("fivewhys_budget_used_ratio", "gauge", "ratio"),
    ];
    for (name, kind, unit) in expected {
        let found = &metadata[name][0];
        if found["type"] != kind || found["unit"] != unit || found["help"] == "" {
            return Err(format!("{name} is {found}, not a {kind} in {unit:?}").into());
        }
    }
    Ok(())
}

async fn alerts(prometheus: &Prometheus) -> Result<(), Failed> {
    let fires = |name: &'static str| {
        move |data: &Value| {
            let of_name = |alert: &&Value| alert["labels"]["alertname"] == name && alert["state"] == "firing";
            Some(data["alerts"].as_array()?.iter().filter(of_name).cloned().collect())
        }
    };
    for name in ["FivewhysCause", "FivewhysServiceAuthFailing", "FivewhysBudgetBurn"] {
        prometheus.until("/api/v1/alerts", fires(name)).await?;
    }
    Ok(())
}

/// Sends every query of the dashboard. One that needs no past must find something.
async fn dashboard(prometheus: &Prometheus) -> Result<(), Failed> {
    let dashboard: Value = serde_json::from_str(&std::fs::read_to_string(root().join("ci/grafana-dashboard.json"))?)?;
    let panels = dashboard["panels"].as_array().ok_or("no panels")?;
    let queries: Vec<&str> = panels
        .iter()
        .flat_map(|panel| panel["targets"].as_array().into_iter().flatten())
        .filter_map(|target| target["expr"].as_str())
        .collect();
    for query in &queries {
        let variables = [("$target", ".*"), ("$scenario", ".*"), ("$__range", "5m"), ("$__rate_interval", "5m")];
        let query = variables.iter().fold((*query).to_owned(), |query, (name, value)| query.replace(name, value));
        let data = prometheus.get(&format!("/api/v1/query?query={}", encoded(&query))).await?;
        let needs_past = query.contains("rate(") || query.contains("increase(");
        if !needs_past && data["result"].as_array().is_none_or(Vec::is_empty) {
            return Err(format!("the dashboard finds nothing with {query}").into());
        }
    }
    if queries.len() < panels.len() { Err("a panel has no query".into()) } else { Ok(()) }
}
