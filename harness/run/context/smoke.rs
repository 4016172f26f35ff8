//! What a run is asked to do.

use std::sync::Arc;

use super::conduct::Conduct;
use crate::config::Target;
use crate::diagnose::Catalogue;
use crate::redact::Redactor;
use crate::scenario::Scenario;

/// What is to be run.
#[derive(Debug)]
pub struct Smoke {
    /// Against what.
    pub target: Arc<Target>,
    /// What is driven.
    pub scenarios: Vec<Scenario>,
    /// Every fault that can be named.
    pub catalogue: Arc<Catalogue>,
    /// What was just deployed: service (`backend`, `auth`, …) and revision.
    pub deployed: Vec<(String, String)>,
    /// Knows every secret of the run; shared with whoever prints.
    pub redactor: Redactor,
    /// How it is to be conducted.
    pub conduct: Conduct,
}
