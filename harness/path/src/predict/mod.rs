//! Predicts how a request ends under a hypothesis. This is the only code that knows how a request travels.
//!
//! Start at [`walk::walk`], which sends one [`Request`] through a [`World`].
//!
//! - `traits`, `model`: the properties in which healthy systems differ, and the constants of `observation_model.toml`
//! - `request`, `ending`: what travels, and how it ends
//! - `call_seen`: what the auth service logs of a question of the backend
//! - `topology`: what the operator declares, as probabilities of traits
//! - `world`: a system under one hypothesis and one setting of its traits
//! - `walk`: the way of a request, stop by stop
//!
//! Invariant: nothing here reads an observation.

pub(crate) mod call_seen;
pub(crate) mod ending;
pub(crate) mod model;
pub(crate) mod request;
pub(crate) mod topology;
pub(crate) mod traits;
pub(crate) mod walk;
pub(crate) mod world;
