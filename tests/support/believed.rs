//! The candidates of a cause that are believed to some extent.

use fivewhys::internal::diagnose::Cause;

/// Returns the first candidate, and the others whose share is at least this.
pub(crate) fn believed(cause: &Cause, least: f64) -> impl Iterator<Item = &str> {
    let others = cause.alternatives.iter().filter(move |one| one.confidence >= least).map(|one| one.fault.as_str());
    std::iter::once(cause.fault.as_str()).chain(others)
}
