//! Chat messages and their store.
//!
//! Start at [`Message`].
//!
//! - `message`: a message, and the body that makes one
//! - `store`: all messages, and the pages of their list
//!
//! Invariant: the store knows user ids and no token.

mod message;
mod store;

pub(crate) use message::{Message, NewMessage};
pub(crate) use store::{MessageStore, Page};
