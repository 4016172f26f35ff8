//! What the machine does for the program: child processes and files.
//!
//! Start at [`command::run`] and [`file::write`].
//!
//! - `command`: runs a command with a deadline and a size limit
//! - `group`: the process group of a command, and the end of all groups
//! - `blocking`: blocking work with a deadline; `contained`: work of a library that may panic
//! - `timed_read`: an input that may have no end
//! - `environment`: the variables, and which of them a command must not get
//! - `file`: writes a result file, whole or not at all
//!
//! Invariant: every command that the program runs has a process group of its own, and no variable that holds a secret of
//! the target. No result file is ever half written.

pub(crate) mod blocking;
pub(crate) mod command;
pub(crate) mod contained;
pub(crate) mod environment;
pub(crate) mod file;
pub(crate) mod group;
pub(crate) mod timed_read;
