//! The built binary, as a user meets it: exit codes, what it prints where, two processes, and systems that do not answer.

mod baseline;
mod check;
mod driven;
mod exit_codes;
mod faults;
#[path = "../support/fetch.rs"]
mod fetch;
mod flaky;
mod formats;
mod gate;
mod gate_revision;
mod interrupted;
mod mint;
mod mistakes;
#[path = "../support/one_call.rs"]
mod one_call;
mod overrides;
mod passages;
#[path = "../support/program.rs"]
mod program;
mod reports;
#[path = "../support/server.rs"]
#[expect(dead_code, reason = "sockets and tokens are for the rails")]
mod server;
mod settled;
mod shards;
mod two_processes;
mod unreachable;
