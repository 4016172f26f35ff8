//! Runs code of a library that panics on input which it should refuse, for example a damaged file.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static CONTAINS: Cell<bool> = const { Cell::new(false) };
}

/// The work panicked.
#[cfg_attr(not(feature = "watch"), allow(dead_code, reason = "only the store of `watch` needs it"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Panicked;

/// Runs the work and turns a panic of it into an error. What the work changed may be half done then.
///
/// # Errors
/// When the work panicked on this thread.
#[cfg_attr(not(feature = "watch"), allow(dead_code, reason = "only the store of `watch` needs it"))]
pub(crate) fn contain<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    let before = CONTAINS.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    CONTAINS.set(before);
    done.map_err(|_| Panicked)
}

/// Reports whether a panic on this thread becomes an error, so that it is no bug to be reported.
pub(crate) fn is_contained() -> bool {
    CONTAINS.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_is_contained_only_inside() {
        assert_eq!(contain(is_contained), Ok(true));
        assert_eq!(contain(|| panic!("a damaged file")), Err::<(), _>(Panicked));
        assert!(!is_contained());
    }
}
