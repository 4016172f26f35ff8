//! `GET /health`: says that the process is up, and nothing about what it depends on (recorded).

use axum::Json;
use jiff::Timestamp;
use serde_json::{Value, json};

pub(super) async fn health() -> Json<Value> {
    Json(json!({
        "status": "healthy",
        "service": "netra-ai-platform",
        "version": "1.0.0",
        "timestamp": epoch_seconds(),
    }))
}

/// Now, as Python's `time.time()`.
pub(super) fn epoch_seconds() -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "microseconds of this century fit into 53 bits")]
    let micros = Timestamp::now().as_microsecond() as f64;
    micros / 1e6
}

/// Now, as pydantic prints it: ISO with microseconds and `Z`.
pub(super) fn iso_now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}
