//! Delivers notifications to the receivers of a target, at least once each, in order.
//!
//! Start at [`delivery::deliver_all`], the task of one receiver.
//!
//! - `notification`: what is told, as JSON and in a sentence
//! - `receiver`: a receiver with its secrets
//! - `delivery`: takes what waits in the store, delivers it, tries again
//! - `command`: the command of `--on-change`
//! - `webhook`: JSON and Slack; `signature`: the header that proves the sender
//! - `github`: the issue of an incident
//! - `call`: one HTTP call, with limits
//!
//! Invariant: a call goes only to a host that the target file names, follows no redirect, and holds no secret but its own.

pub(crate) mod call;
mod command;
pub(crate) mod delivery;
mod github;
pub(crate) mod notification;
pub(crate) mod receiver;
mod signature;
mod webhook;
