//! Tests of the catalogue and its files.

mod catalogue;
mod failure_modes;
mod load;
