//! Tests of which log lines count.

mod arrival;
mod attribution;
mod calls_seen;
mod direct_calls;
mod said;
mod worst;
