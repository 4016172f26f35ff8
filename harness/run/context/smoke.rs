//! The input of a run.

use std::sync::Arc;

use super::conduct::Conduct;
use crate::config::Target;
use crate::diagnose::Catalogue;
use crate::redact::Redactor;
use crate::scenario::Scenario;

/// The input of a run.
#[derive(Debug, Clone)]
pub struct Smoke {
    /// The deployment under test.
    pub target: Arc<Target>,
    /// The scenarios to run.
    pub scenarios: Vec<Scenario>,
    /// The faults that the diagnosis can name.
    pub catalogue: Arc<Catalogue>,
    /// What was just deployed: service (`backend`, `auth`, …) and revision.
    pub deployed: Vec<(String, String)>,
    /// Knows every secret of the run. The code that prints the report shares it.
    pub redactor: Redactor,
    /// The optional settings.
    pub conduct: Conduct,
}
