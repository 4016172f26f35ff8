//! Targets: the deployments under test, as `fivewhys.toml` describes them.
//!
//! Start at [`TargetFile::resolve`], which makes a [`Target`].
//!
//! - `target`, `endpoint`, `source`: a target with every value checked
//! - `tagged`: the addresses of revisions that get no traffic
//! - `direct`: the same endpoints at the backend's own URL, behind the edge
//! - `browser`: the page whose scripts call the target
//! - `attach`: the coordinates of a twin, filled in
//! - `proxy`: the forward proxy of a target
//! - `secret`: reads a secret
//! - `file/`: reads a target file, with its layers and overrides
//! - `write/`: writes a target file for `fivewhys init` and for a twin
//!
//! Invariant: this folder never touches the network.

mod attach;
mod browser;
mod direct;
mod endpoint;
mod file;
mod proxy;
mod secret;
mod source;
mod tagged;
mod target;
mod write;

pub use crate::terms::Validation;
pub use attach::{TwinCoordinates, TwinPlace};
pub use browser::Browser;
pub(crate) use direct::DIRECT;
pub use endpoint::{Accept, Endpoint};
pub use file::overrides::Overrides;
pub use file::{TargetFile, schema};
pub use proxy::Proxy;
pub use secret::SecretError;
pub use source::{CallerIdentity, EvidenceLocation, SecretOrigin, SecretSource};
pub use tagged::{TagError, TaggedUrl};
#[cfg(feature = "twin")]
pub(crate) use target::as_websocket;
pub(crate) use target::is_loopback;
pub use target::{Budget, Claims, DeployedNames, KnownFailure, Target, UnusualProbes, User, VersionPlace};
#[cfg(feature = "twin")]
pub(crate) use write::replayed::write_replay_target;
pub use write::starter::starter;
pub use write::{forget_secrets, write_target_file};
