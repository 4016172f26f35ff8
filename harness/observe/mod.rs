//! Reads one exchange and says what it means. Never compares two.

mod observation;

pub use observation::{Authn, Because, Hop, LatencyClass, Observation, Outcome};
