//! Options that several subcommands share.
//!
//! - `target`: which target, from which file, with which overrides
//! - `env_file`: variables for secrets and overrides
//! - `selected`: which scenarios, and whether they are only shown
//! - `shard`: which part of the scenarios
//! - `load`: how many users run the scenarios
//! - `gate`: what was deployed, and what ran before
//! - `manifests`: services with their manifests, for checks before a deploy
//! - `supplied`: evidence from files or standard input
//! - `shown`, `reports`: the report on stdout, and the reports in files
//! - `repository`: where a scenario file is in the repository, for GitHub annotations
//! - `otlp`: where the spans of a run are exported to
//! - `twin`: how the twin behaves
//!
//! Invariant: this folder reads and checks input, and never sends a probe.

pub(crate) mod env_file;
pub(crate) mod gate;
pub(crate) mod load;
pub(crate) mod manifests;
pub(crate) mod otlp;
pub(crate) mod reports;
pub(crate) mod repository;
pub(crate) mod selected;
pub(crate) mod shard;
pub(crate) mod shown;
pub(crate) mod supplied;
pub(crate) mod target;
#[cfg(feature = "twin")]
pub(crate) mod twin;
