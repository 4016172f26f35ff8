//! Serves one state, for tests outside of this crate: a real Prometheus reads it.

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::serve;
use crate::watch::state::State;

/// Serves a state that is written as JSON, until `stop` completes.
///
/// # Errors
///
/// The text is no state.
pub async fn serve_recorded(
    listener: TcpListener,
    state: &str,
    stop: impl Future<Output = ()>,
) -> Result<(), serde_json::Error> {
    let state: State = serde_json::from_str(state)?;
    let (_sender, states) = watch::channel(Arc::new(state));
    serve(listener, states, stop).await;
    Ok(())
}
