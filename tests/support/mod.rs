//! What the tests share. Start at `twin` for a run in this process, at `program` for a run of the built program.
//!
//! - `twin`: a twin in this process, with a target that points at it.
//! - `program`: the built program, and a twin in a process of its own.
//! - `server`: a server that answers as the test says and keeps what it was sent.
//! - `disturbed_runs`: a run against a backend that is away at first, and a run that is interrupted.
//! - `one_call`: a scenario of one step.
//! - `fetch`: one plain GET.
//! - `believed`: the candidates of a cause with a share that counts.
//! - `human`: how wide a report for people is.
//! - `leaks`: finds a secret in a text in any encoding.
//!
//! Invariant: this folder builds its targets itself, and calls no code of the command line: the tests must not lean on what they test.

pub(crate) mod believed;
pub(crate) mod disturbed_runs;
pub(crate) mod fetch;
pub(crate) mod human;
pub(crate) mod leaks;
pub(crate) mod one_call;
pub(crate) mod program;
pub(crate) mod server;
pub(crate) mod twin;
