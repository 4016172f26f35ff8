//! What the operator adds to a run: evidence, and permission to run commands.

use std::fmt;
use std::sync::Arc;

use crate::diagnose::Settling;
use crate::evidence::Supplied;

/// What the operator adds. By default nothing.
#[derive(Clone, Default)]
pub struct ByHand {
    /// Evidence that the operator supplies.
    pub supplied: Supplied,
    /// Asks whether a command that would settle the verdict may be run, once per command. May block.
    pub may_run: Option<MayRun>,
}

/// Decides whether one command may be run.
pub type MayRun = Arc<dyn Fn(&Settling) -> bool + Send + Sync>;

impl fmt::Debug for ByHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByHand")
            .field("supplied", &self.supplied.evidence_sources())
            .field("asks", &self.may_run.is_some())
            .finish()
    }
}
