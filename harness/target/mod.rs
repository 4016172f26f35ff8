//! Targets: deployments under test, read from `fivewhys.toml`.

mod command;
mod deployment;
mod secret;
mod surface;

pub use deployment::{
    Budget, CallerIdentity, Claims, DeployedNames, Door, EvidenceSource, KnownFailure, SecretOrigin, SecretSource,
    Target, User, Validation,
};
pub use secret::SecretError;
pub use surface::{Accept, JsonMatch, Role, Service, Surface, SurfaceKind};
