//! Tests of which log lines count.

mod arrival;
mod attribution;
mod direct_calls;
mod said;
mod worst;
