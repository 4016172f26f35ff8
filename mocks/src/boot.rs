//! Puts the pieces together, in the order in which a deployment comes up.

use crate::{Twin, TwinBuilder};

/// Why a twin could not be booted; never a symptom of an injected fault.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// A listener could not be bound on 127.0.0.1 (the asked-for port is taken, as a rule).
    #[error("could not bind the {role} on 127.0.0.1")]
    Bind {
        /// The listener's role: edge, backend, auth service, database or control.
        role: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The backend's HTTP client could not be built.
    #[error("could not build the backend's HTTP client")]
    Client(#[from] reqwest::Error),
}

pub(crate) async fn boot(_asked: TwinBuilder) -> Result<Twin, BootError> {
    unimplemented!("the API first; the services follow")
}
