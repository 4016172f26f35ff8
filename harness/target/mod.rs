//! Targets: deployments under test, read from `fivewhys.toml`.

mod attach;
mod command;
mod deployment;
mod direct;
mod error;
mod every_mistake;
mod file;
mod identity;
mod layer;
mod mask;
mod origin;
mod overlay;
mod overrides;
mod read_on;
mod resolve;
mod schema;
mod secret;
mod sources;
mod starter;
mod suggest;
mod surface;
mod surface_layer;
mod taken_out;
mod values;
mod write;
mod written;

pub use attach::{TwinCoordinates, TwinPlace};
pub use deployment::{
    Algorithm, Budget, Claims, DeployedNames, Door, KnownFailure, Target, UnusualProbes, User, Validation,
};
pub(crate) use direct::DIRECT;
pub use error::ConfigError;
pub use file::TargetFile;
pub use origin::{CallerIdentity, EvidenceSource, SecretOrigin, SecretSource};
pub use overrides::Overrides;
pub use schema::schema;
pub use secret::SecretError;
pub use starter::starter;
pub use surface::{Accept, JsonMatch, Role, Service, Surface, SurfaceKind};
pub use write::{forget_secrets, write_target_file};

pub(crate) use command::run as run_command;
pub(crate) use deployment::is_loopback;
pub(crate) use error::{Source, source};
pub(crate) use read_on::{Reading, read_on};
pub(crate) use schema::render as render_schema;
pub(crate) use suggest::nearest_or_all;
pub(crate) use values::{Period, Query, Route};
pub(crate) use written::{Json, Match, Named, OneOrMany};
