//! The twin: a small edge, backend and auth service on loopback, with faults injected at their cause.
//!
//! A twin boots from a deployment manifest and a secret store. A [`Fault`] changes one thing in them, and the symptoms
//! follow from the change: no response is prepared for a fault. Start at [`Twin::builder`].
//!
//! ```
//! use fivewhys_mocks::{Dialect, Fault, Twin};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Arrange: a system whose auth service is down.
//! let twin = Twin::builder().dialect(Dialect::Observed).fault(Fault::AuthDown).start().await?;
//!
//! // Act: ask the backend how it is.
//! let health = reqwest::get(format!("{}/health", twin.edge_url())).await?;
//!
//! // Assert: the backend's health check does not look at the auth service.
//! assert_eq!(health.status(), 200);
//! # Ok(())
//! # }
//! ```
//!
//! The folders, from the bottom up:
//!
//! - `terms/`: words that all folders share
//! - `net/`: ports, listeners and tasks
//! - `deployment/`: what is deployed: services, secrets, manifests
//! - `logs/`: the services' logs and the auth service's journal
//! - `faults/`: what each fault changes in a deployment
//! - `noise/`: disturbances of a healthy system
//! - `auth/`, `backend/`, `edge/`: the three services
//! - `clients/`: what the system does for browsers
//! - `twin/`: builds a deployment, boots it and runs it
//! - `replay/`: serves recorded calls, without a deployment
//!
//! Invariant: this crate knows causes. It knows nothing of the catalogue, of diagnosis, or of the crate that uses it.

mod auth;
mod backend;
mod clients;
mod deployment;
mod edge;
mod faults;
mod logs;
mod net;
mod noise;
mod replay;
mod terms;
mod twin;

pub use clients::{ClientFlaw, Clients};
pub use faults::{Fault, UnknownFault};
pub use logs::JournalEntry;
pub use noise::{ErrorPages, Noise, UnknownNoise};
pub use replay::{
    Credential, Ending, Entrance, Miss, Piece, Presented, RecordedAnswer, RecordedCall, Replay, ReplayBuilder,
};
pub use terms::{
    BootError, Credentials, Dialect, JwtVariable, LoadFault, Signing, TestUser, UnknownDialect, UnknownJwtVariable,
    UnknownLoadFault, UnknownSigning,
};
pub use twin::{Manifests, Revisions, Twin, TwinBuilder};
