//! Targets: the deployments under test, as `fivewhys.toml` describes them.
//!
//! Start at [`TargetFile::resolve`], which makes a [`Target`].
//!
//! - `target`, `endpoint`, `source`: a target with every value checked
//! - `direct`: the same endpoints at the backend's own URL, behind the edge
//! - `attach`: the coordinates of a twin, filled in
//! - `proxy`: the forward proxy of a target
//! - `secret`, `command`: read a secret, and run a command that prints one
//! - `file/`: reads a target file, with its layers and overrides
//! - `write/`: writes a target file for `fivewhys init` and for a twin
//!
//! Invariant: this folder never touches the network.

mod attach;
mod command;
mod direct;
mod endpoint;
mod file;
mod proxy;
mod secret;
mod source;
mod target;
mod write;

pub use crate::terms::Validation;
pub use attach::{TwinCoordinates, TwinPlace};
pub(crate) use command::{CommandError, run as run_command, stream as stream_command};
pub(crate) use direct::DIRECT;
pub use endpoint::{Accept, Endpoint};
pub use file::overrides::Overrides;
pub use file::{TargetFile, schema};
pub use proxy::Proxy;
pub use secret::SecretError;
pub use source::{CallerIdentity, EvidenceLocation, SecretOrigin, SecretSource};
#[cfg(feature = "twin")]
pub(crate) use target::as_websocket;
pub(crate) use target::is_loopback;
pub use target::{Budget, Claims, DeployedNames, KnownFailure, Target, UnusualProbes, User, VersionPlace};
#[cfg(feature = "twin")]
pub(crate) use write::replayed::write_replay_target;
pub use write::starter::starter;
pub use write::{forget_secrets, write_target_file};
