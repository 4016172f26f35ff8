//! Tokens for known test users: their kinds, the keys they are signed with, and how they are minted.

mod foreign;
mod key;
mod mint;
mod pem;
mod presented;
mod published;

pub use mint::{MintError, Minter};
pub use presented::Token;
pub use published::{KeySet, Published};
