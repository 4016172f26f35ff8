//! Tests of which log lines count.

mod attribution;
mod direct_calls;
mod said;
mod worst;
