//! How `smoke` drives its scenarios. Start at `scenarios`.
//!
//! - `scenarios`: cleaning up, several scenarios at once, optional sign-in, revoked tokens.
//! - `beside`: which calls run beside each other.
//! - `replayed`: a recorded run, served again.
//! - `retries`: steps that are tried again.
//! - `interrupted`: Ctrl-C and SIGTERM.
//! - `overrides`: `--set`, the environment, `--evidence`, files of the folder.
//! - `supplied_evidence`: evidence that a person hands over, and `--ask`.
//! - `supplied_logs`: logs of any format that a person hands over.
//! - `selected`: globs, tags, `--list`, `--dry-run`, `--env-file`.
//! - `shards`: a run in parts, and `fivewhys merge`.
//! - `two_processes`: `smoke` in one process, `twin` in another.
//! - `unreachable`: hosts that do not answer.
//! - `without_token`: a login that gives no token.
//!
//! Invariant: whatever happens during a run, the run ends with a report or with exit code 2.

mod beside;
mod interrupted;
mod overrides;
mod replayed;
mod retries;
mod scenarios;
mod selected;
mod shards;
mod supplied_evidence;
mod supplied_logs;
mod two_processes;
mod unreachable;
mod without_token;
