//! What a person adds to a run: evidence handed over, and answers to what the run would like to ask. Sits in `run`; `cli` fills it.

use std::fmt;
use std::sync::Arc;

use crate::diagnose::Settling;
use crate::evidence::Supplied;

/// What is added by hand. By default nothing.
#[derive(Clone, Default)]
pub struct ByHand {
    /// Evidence handed over.
    pub supplied: Supplied,
    /// Whether a command that would settle the verdict may be run; asked once a command. May block.
    pub may_run: Option<MayRun>,
}

/// Decides on one command.
pub type MayRun = Arc<dyn Fn(&Settling) -> bool + Send + Sync>;

impl fmt::Debug for ByHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByHand")
            .field("supplied", &self.supplied.evidence_sources())
            .field("asks", &self.may_run.is_some())
            .finish()
    }
}
