//! The words that every folder shares: hops, services, token kinds, endpoint kinds.
//!
//! Most stand in `harness/path/src/terms`, because the model of the path uses them too. `platform` is of this crate only.
//!
//! Invariant: this folder depends on no other folder of the crate.

mod platform;

pub use fivewhys_path::terms::{
    Algorithm, Caller, EndpointKind, EvidenceSource, Hop, Meaning, Role, Service, TokenKind, TokenLocation, Validation,
};
pub(crate) use fivewhys_path::words;
pub use platform::Platform;
