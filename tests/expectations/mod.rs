//! For each expectation of each shipped scenario: a system that violates exactly that expectation fails the run, and the report names it.
//! Start at `matrix`.
//!
//! - `matrix`: runs each scenario alone, healthy and with each violation
//! - `violation`: the violations of one step, one list for each kind of expectation
//! - `response`: a response that can be altered
//! - `place`: alters the JSON at a JSONPath
//! - `proxy`: stands between the run and the twin, and alters one response
//! - `wire`: sends one altered response, as HTTP or over a WebSocket
//!
//! Invariant: the violations follow from the scenario files and the target. No test names a step or an endpoint.

mod matrix;
mod place;
mod proxy;
mod response;
mod violation;
mod wire;
