//! What GitHub shows of a run: annotations at the lines of the scenario files, and a job summary in Markdown. Sits in `report`.

mod annotations;
mod around;
mod command;
mod markdown;
mod mermaid;
mod summary;
#[cfg(test)]
pub(crate) mod tests;

pub use self::annotations::{Place, annotations};
pub use self::command::stopped;
pub use self::summary::summary;
