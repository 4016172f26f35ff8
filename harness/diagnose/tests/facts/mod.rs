//! Tests of facts.

mod auth_calls;
mod backend_log;
mod manifest;
mod request_arrival;
mod token_location;
mod unheard_call;
