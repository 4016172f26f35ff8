//! The words that every folder shares: hops, services, token kinds, endpoint kinds.
//!
//! Each file holds one closed list and the spelling of its values in files and reports. To add a value, begin here: the
//! compiler then names every place that must handle it. `words` holds the macro that defines such a list.
//!
//! Invariant: this folder depends on no other folder of the crate.

mod algorithm;
mod caller;
mod endpoint_kind;
mod endpoint_role;
mod engine;
mod evidence_source;
mod hop;
mod service;
mod token_kind;
mod token_location;
mod words;

pub use algorithm::Algorithm;
pub use caller::Caller;
pub use endpoint_kind::EndpointKind;
pub use endpoint_role::Role;
pub use engine::Engine;
pub use evidence_source::EvidenceSource;
pub use hop::Hop;
pub use service::Service;
pub use token_kind::TokenKind;
pub use token_location::TokenLocation;
pub(crate) use words::words;
