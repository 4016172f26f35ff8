//! Tokens for known test users: their kinds and how they are minted.

mod kind;

pub use kind::TokenKind;
