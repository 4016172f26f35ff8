//! The model of the path of a request: how a request ends under a fault, and how well that agrees with what was seen.
//!
//! This is the inner loop of the diagnosis. It is a crate of its own so that debug builds can compile it with optimization.
//! Start at [`likelihood`], which compares one hypothesis with the [`Evidence`].
//!
//! The folders, from the bottom up:
//!
//! - `terms/`: the words that every folder shares
//! - `path/`: where something can be wrong, and what
//! - `predict/`: how a request ends under a hypothesis
//! - `compare/`: how well that agrees with the readings of a run
//!
//! Invariant: nothing here reads a target, an observation or the catalogue. The harness gives it plain values.

mod compare;
mod path;
mod predict;
pub mod terms;
mod words;

pub use compare::meanings::{fits, keep_narrowest};
pub use compare::outlook::Outlook;
pub use compare::reading::{Evidence, KeySetRead, MOST, Reading, Shown};
pub use compare::startup::{OwnWords, Startup};
pub use compare::sum::{Decisions, Likelihood, Shared, at_best, likelihood};
pub use path::effect::{Config, Effect, Endpoints, Patch, Reach};
pub use path::stop::Stop;
pub use predict::call_seen::CallSeen;
pub use predict::ending::{Reason, Result as Ended};
pub use predict::model::{Noise, noise};
pub use predict::request::Request;
pub use predict::topology::{Declared, Seen, Topology};
pub use predict::world::World;

/// For the tests of the harness alone. No promise is made about anything in it.
#[doc(hidden)]
pub mod internal {
    pub use crate::compare::emission::{Counted, emission, is_possible};
    pub use crate::compare::manner::{Like, MODES};
    pub use crate::compare::phrasing::likelihood as likelihood_of_words;
    pub use crate::predict::ending::Ending;
    pub use crate::predict::traits::Trait;
    pub use crate::predict::walk::walk;
    pub use crate::predict::world::{Step, Unset};
}
