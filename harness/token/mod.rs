//! Tokens for known test users: their kinds and how they are minted.

mod kind;
mod mint;
mod presented;

pub use kind::TokenKind;
pub use mint::{MintError, Minter};
pub use presented::Token;
