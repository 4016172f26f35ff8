//! Why an exam could not take place.

use std::path::PathBuf;

use thiserror::Error;

use crate::run::RunError;

/// Why an exam could not take place.
#[derive(Debug, Error, miette::Diagnostic)]
pub(crate) enum SelftestError {
    /// A twin cannot be started.
    #[error("the twin does not start: {0}")]
    Twin(String),
    /// A run could test nothing.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Run(#[from] RunError),
    /// Recordings cannot be written or read.
    #[error("{0}: {1}")]
    Kept(PathBuf, String),
}
