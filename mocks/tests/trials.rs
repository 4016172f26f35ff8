//! Generated tests: one trial per fault and dialect, and one per recorded exchange.
//!
//! - `every_fault/`: what a client sees under each fault
//! - `parity/`: the twin beside recordings of the real services

mod every_fault;
mod parity;
mod support;

use std::process::ExitCode;

use libtest_mimic::Arguments;

/// The number of trials that run at once. More than cores, because the slow trials only wait for time limits. Not many more:
/// the backend's health probe has half a second.
const THREADS: usize = 8;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(THREADS);
    let trials = every_fault::trials().into_iter().chain(parity::trials()).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}
