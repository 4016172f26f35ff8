//! Why a twin could not be booted.

/// The machine cannot run the twin. An injected fault never causes this error.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// A listener could not be bound on 127.0.0.1. Most often another process holds the port.
    #[error("could not bind the {role} on 127.0.0.1")]
    Bind {
        /// What the listener is for: `edge`, `backend`, `auth service`, `database`, `control`, and so on.
        role: &'static str,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// The backend's HTTP client could not be built.
    #[error("could not build the backend's HTTP client")]
    Client(#[from] reqwest::Error),
}
