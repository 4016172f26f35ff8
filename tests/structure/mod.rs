//! The rules of the source tree.
//!
//! - `imports`: no import cycle between folders
//! - `folders`: folders of a size that a person can take in
//! - `phrases`: plain words in everything that a user reads; `phrases.txt` lists what is never right
//! - `sources`: the source files, as text
//!
//! Invariant: these tests read files and run `--help`; they boot nothing.

mod folders;
mod imports;
mod phrases;
mod sources;
