//! The integration tests that are written as functions. Start at the folder of what you change.
//!
//! - `cli`: the built program as a user runs it: exit codes, output, files, signals.
//! - `access`: target files of other systems: logins, bodies, addresses, several services.
//! - `attribution`: whole runs against a twin in this process.
//! - `browser`: what differs for a client that is a browser, against the twin.
//! - `expectations`: each expectation of each shipped scenario, violated alone, fails the run.
//! - `incidents`: the evidence of real failures, and the verdict on each.
//! - `load`: many users at the same time, against the twin.
//! - `rails`: no secret and no token reaches an output or a host that the target does not name.
//! - `trust`: servers that break the protocol: the program ends in time and never gives wrong advice.
//! - `structure`: the rules of the source tree: imports, folders, plain words.
//! - `trust`: signals, full disks, commands that hang, hostile input files.
//! - `watch`: `fivewhys watch` against a system whose faults come and go (feature `watch`).
//! - `support`: the twin, the program and a server that the tests play. `tests/generated` uses it too.
//!
//! Invariant: no test needs a network, and none waits for a fixed time.

mod access;
mod attribution;
mod browser;
mod cli;
mod expectations;
mod incidents;
mod load;
mod rails;
mod structure;
mod support;
mod trust;
#[cfg(all(feature = "watch", unix))]
mod watch;
