//! Targets: the deployments under test, as `fivewhys.toml` describes them.
//!
//! Start at [`TargetFile::resolve`], which makes a [`Target`].
//!
//! - `target`, `endpoint`: a target with every value checked
//! - `access`: how a target is reached, and where its credentials come from
//! - `certificates`: a private authority, and the certificate of a client
//! - `fixed_address`: an address that is called instead of what a name resolves to
//! - `json_schema`: a condition on a body
//! - `request_form`: the form of an endpoint's request, where it is not plain JSON
//! - `tagged`: the addresses of revisions that get no traffic
//! - `direct`: the same endpoints at the backend's own URL, behind the edge
//! - `browser`: the page whose scripts call the target
//! - `load/`: the load that many users may put on a target
//! - `attach`: the coordinates of a twin, filled in
//! - `proxy`: the forward proxy of a target
//! - `telemetry/`: objectives, the address of a trace, and where spans go
//! - `receivers`: what `fivewhys watch` notifies
//! - `secret/`: the sources of secrets and evidence, and reading a secret
//! - `file/`: reads a target file, with its layers and overrides
//! - `write/`: writes a target file for `fivewhys init` and for a twin
//!
//! Invariant: this folder never touches the network.

mod access;
mod attach;
mod browser;
mod certificates;
mod direct;
mod endpoint;
mod file;
mod fixed_address;
mod json_schema;
mod load;
mod proxy;
mod receivers;
mod request_form;
mod secret;
mod tagged;
mod target;
mod telemetry;
mod write;

pub use crate::terms::Validation;
pub use access::{Access, AuthPlace, TokenOrigin};
pub use attach::{TwinCoordinates, TwinPlace};
pub use browser::Browser;
pub use certificates::{CertificateError, ClientCertificate};
pub(crate) use direct::DIRECT;
pub use endpoint::{Accept, Endpoint};
pub(crate) use file::FILL_IN;
pub(crate) use file::every_mistake::PlacedEndpoint;
pub use file::overrides::Overrides;
pub(crate) use file::request_layer::WrittenBody;
pub use file::{TargetFile, schema};
pub use fixed_address::FixedAddress;
pub use json_schema::JsonSchema;
pub use load::{LoadBound, UserTemplate};
pub use proxy::Proxy;
pub use receivers::{GithubIssues, Receivers, Webhook, WebhookKind};
pub use request_form::{Basic, BodyForm, Csrf, CsrfPlace, Refusal, RequestForm};
pub use secret::SecretError;
pub use secret::source::{CallerIdentity, CallerScheme, EvidenceLocation, LogSource, SecretOrigin, SecretSource};
pub use tagged::{TagError, TaggedUrl};
#[cfg(feature = "twin")]
pub(crate) use target::as_websocket;
pub(crate) use target::is_loopback;
pub use target::{Budget, Claims, DeployedNames, KnownFailure, Target, UnusualProbes, User, VersionPlace};
pub use telemetry::collector::Collector;
pub use telemetry::objective::{Bound, Covers, ErrorBudget, Measure, OBJECTIVES, Objective, Unit};
pub(crate) use telemetry::trace_url::with as trace_url;
pub(crate) use write::draft_form::{DraftForm, DraftIssued, Sent};
pub(crate) use write::draft_login::{DraftFlow, DraftLogin, DraftOauth};
#[cfg(feature = "twin")]
pub(crate) use write::replayed::write_replay_target;
pub use write::starter::starter;
pub(crate) use write::starter::{Draft, Sketch};
pub use write::{forget_secrets, write_target_file};
