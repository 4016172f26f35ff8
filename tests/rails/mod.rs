//! The rails: no secret and no token in any output, whatever fails and whatever the server under test sends back. Start at `output_formats`.
//!
//! - `output_formats`: every fault, in every format.
//! - `run_kinds`: flaky, interrupted, gated, sharded and merged runs, in every format.
//! - `echoed_request`: a server that sends back what it was sent.
//! - `leaky_evidence`: manifests and logs with secrets in them.
//! - `memory`: a server whose responses are as long as they may be.
//! - `other_hosts`: no token goes to a host that the target does not name.
//! - `search`: the search for secrets itself.
//! - `secret_matrix`: every place, in every encoding, in every format.
//! - `staging_target`: the shipped target `staging`, moved to the test's own server.
//!
//! Invariant: each test proves that a secret was there to leak, and then that no output holds it in any encoding.

mod echoed_request;
mod leaky_evidence;
mod memory;
mod other_hosts;
pub(crate) mod output_formats;
mod run_kinds;
mod search;
mod secret_matrix;
mod staging_target;
