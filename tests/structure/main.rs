//! The rules of the source tree: no import cycle between folders, folders of a size that a person can take in, and plain
//! words in everything that a user reads.

mod folders;
mod imports;
mod phrases;
mod sources;
