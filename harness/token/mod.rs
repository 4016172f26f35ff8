//! Mints tokens for known test users.
//!
//! Start at [`Minter::mint`].
//!
//! - `mint`: the claims of each kind of token
//! - `key`, `pem`: the signing key, and the mistakes in its PEM
//! - `forged`: bad tokens for a target without a signing key
//! - `foreign`: random keys for `wrong-key` tokens
//! - `published`: the keys that the auth service publishes (a JWK set)
//! - `issued_jwt`: what a token tells that the auth service issued
//! - `presented`: a minted token
//! - `unverified`: reads a JWT without checking it
//!
//! Invariant: a token is registered with the redactor before any other code sees it.

mod foreign;
mod forged;
mod issued_jwt;
mod key;
mod mint;
mod pem;
mod presented;
mod published;
pub(crate) mod unverified;

pub(crate) use forged::{forged, malformed};
pub use issued_jwt::IssuedJwt;
pub use mint::{MintError, Minter};
pub use presented::Token;
pub use published::{KeySet, Published};
