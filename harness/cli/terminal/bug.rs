//! Reports a panic with exit code 70.
//!
//! The text of the panic is not shown: it may contain a response of the system under test.

use std::io::Write as _;

use crate::host::contained::is_contained;
use crate::run::ExitCode;

/// Installs the panic hook: a panic ends the process with 70 and says where it happened, unless an error is made of it.
pub(crate) fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        if is_contained() {
            return;
        }
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        let _ = writeln!(
            std::io::stderr(),
            "fivewhys: internal error at {place}: this is a bug in fivewhys, please report it with the command that you ran"
        );
        std::process::exit(ExitCode::Bug.code().into());
    }));
}
