//! Makes text from outside safe to show.
//!
//! - `hostile`: decides which characters may reach a terminal
//! - `curl`: writes a request as a `curl` command to copy
//!
//! Invariant: text that has passed through this folder acts on no terminal and no shell.

pub(crate) mod curl;
pub(crate) mod hostile;
