//! The terminal: what the program prints, asks and hears.
//!
//! - `output`: prints to stdout, and decides colour, width and character set
//! - `progress`: the progress line on stderr
//! - `mistake`: shows an error of usage or configuration
//! - `ask`: asks whether to run a command
//! - `interrupt`: Ctrl-C and SIGTERM
//! - `bug`: reports a panic
//!
//! Invariant: data goes to stdout, everything else to stderr.

pub(crate) mod ask;
pub(crate) mod bug;
pub(crate) mod interrupt;
pub(crate) mod mistake;
pub(crate) mod output;
pub(crate) mod progress;
