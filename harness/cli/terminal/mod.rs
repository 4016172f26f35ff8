//! The terminal: what the program prints, asks and hears.
//!
//! - `output`: prints to stdout, and decides colour, width and character set
//! - `progress`: the progress line on stderr
//! - `mistake`: shows an error of usage or configuration; `presented` and `excerpt` make its text safe and short
//! - `ask`: asks whether to run a command
//! - `interrupt`: Ctrl-C and SIGTERM, for every command
//! - `bug`: reports a panic
//! - `unwritten`: results that could not be written
//!
//! Invariant: data goes to stdout, everything else to stderr. No text of a file, a name or an argument acts on the terminal.

pub(crate) mod ask;
pub(crate) mod bug;
pub(crate) mod excerpt;
pub(crate) mod interrupt;
pub(crate) mod mistake;
pub(crate) mod output;
pub(crate) mod presented;
pub(crate) mod progress;
pub(crate) mod unwritten;
