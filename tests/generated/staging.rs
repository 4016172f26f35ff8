//! One test per scenario of the target that `FIVEWHYS_TARGET` names: the library's own function, as a user calls it. The tests are
//! ignored while that variable is unset.

pub(crate) use fivewhys::internal::trials;
