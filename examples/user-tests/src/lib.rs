//! This file is empty. The tests of this crate are in `tests/`.
