//! The words that every folder of the twin shares.
//!
//! - `dialect`: how the services phrase their answers
//! - `signing`, `credentials`: how tokens are signed, and what a client holds
//! - `jwt_variable`: the names under which a service may find the signing secret
//! - `load_fault`: faults that only many users show
//! - `clock`: the clock of the deployment, and times as Python prints them
//! - `headers`: trace ids, and the `User-Agent` of the backend's HTTP client
//! - `boot_error`: why a twin could not be booted
//!
//! Invariant: this folder depends on no other folder of the crate.

mod boot_error;
mod clock;
mod credentials;
mod dialect;
mod headers;
mod jwt_variable;
mod load_fault;
mod signing;

pub use boot_error::BootError;
pub(crate) use clock::{Clock, epoch_seconds, iso_now, iso_with_offset};
pub(crate) use credentials::test_users;
pub use credentials::{Credentials, TestUser};
pub(crate) use dialect::OPAQUE_FAILURE;
pub use dialect::{Dialect, UnknownDialect};
pub(crate) use headers::{BACKEND_USER_AGENT, TraceId};
pub use jwt_variable::{JwtVariable, UnknownJwtVariable};
pub use load_fault::{LoadFault, UnknownLoadFault};
pub use signing::{Signing, UnknownSigning};
