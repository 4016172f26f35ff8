//! Why an exam could not be held.

use std::path::PathBuf;

use thiserror::Error;

use crate::run::RunError;

/// Why nothing was examined.
#[derive(Debug, Error, miette::Diagnostic)]
pub(crate) enum SelftestError {
    /// A twin cannot be had.
    #[error("the twin does not boot: {0}")]
    Twin(String),
    /// A run tested nothing.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Run(#[from] RunError),
    /// Recordings cannot be kept, or are none.
    #[error("{0}: {1}")]
    Kept(PathBuf, String),
}
