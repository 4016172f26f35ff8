//! The twin: a small edge, backend and auth service on loopback, with faults injected at their cause.
//!
//! It boots from a deployment manifest and a secret store, and symptoms emerge. It knows causes; it knows nothing
//! of the catalogue, of diagnosis, or of the crate that uses it.
//!
//! ```no_run
//! use fivewhys_mocks::{Dialect, Fault, Twin};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let twin = Twin::builder().dialect(Dialect::Observed).fault(Fault::AuthDown).start().await?;
//! let health = reqwest::get(format!("{}/health", twin.edge_url())).await?;
//! assert_eq!(health.status(), 200);
//! twin.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod auth;
mod backend;
mod boot;
mod builder;
mod clock;
mod control;
mod credentials;
mod deployment;
mod dialect;
mod edge;
mod fault;
mod journal;
mod logs;
mod neighbour;
mod noise;
mod older;
mod ports;
mod running;
mod serve;
mod signing;
mod trace;
mod twin;

pub use boot::BootError;
pub use builder::TwinBuilder;
pub use credentials::{Credentials, TestUser};
pub use dialect::{Dialect, UnknownDialect};
pub use fault::{Fault, UnknownFault};
pub use journal::JournalEntry;
pub use noise::{ErrorPages, Noise, UnknownNoise};
pub use signing::{Signing, UnknownSigning};
pub use twin::{Manifests, Twin};
