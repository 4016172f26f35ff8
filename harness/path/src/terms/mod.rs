//! The words that every folder shares: hops, services, token kinds, endpoint kinds.
//!
//! Each file holds one closed list and the spelling of its values in files and reports. To add a value, begin here: the
//! compiler then names every place that must handle it. The macro `words!` defines such a list.
//!
//! Invariant: this folder depends on no other folder.

mod algorithm;
mod caller;
mod endpoint_kind;
mod endpoint_role;
mod evidence_source;
mod hop;
mod meaning;
mod service;
mod token_kind;
mod token_location;
mod validation;

pub use algorithm::Algorithm;
pub use caller::Caller;
pub use endpoint_kind::EndpointKind;
pub use endpoint_role::Role;
pub use evidence_source::EvidenceSource;
pub use hop::Hop;
pub use meaning::Meaning;
pub use service::Service;
pub use token_kind::TokenKind;
pub use token_location::TokenLocation;
pub use validation::Validation;
