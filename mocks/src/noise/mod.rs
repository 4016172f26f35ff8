//! Noise: disturbances of a healthy system. It is seeded, so that a run can be repeated.
//!
//! Start at [`Noise`].
//!
//! - `settings`: which noise, how strong, and how to write it in one line
//! - `layers`: adds the noise to the edge and to a cold process
//! - `log_lines`: lines that have nothing to do with a fault
//! - `dice`: seeded draws
//!
//! Invariant: noise knows no fault and changes no decision of a service.

mod dice;
mod layers;
mod log_lines;
mod settings;

pub(crate) use dice::Dice;
pub(crate) use layers::{Warmup, disturbed, warming};
pub(crate) use log_lines::{say_of_others, say_started};
pub use settings::{ErrorPages, Noise, UnknownNoise};
