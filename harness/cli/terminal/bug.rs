//! A panic is a bug of ours: exit code 70, and nothing of the panic's own text, which may hold an answer of the system under test.

use std::io::Write as _;

use crate::run::ExitCode;

/// From now on a panic anywhere ends the process with 70 and says where it happened.
pub(crate) fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        let _ = writeln!(
            std::io::stderr(),
            "fivewhys: a bug of ours at {place}; please report it with the command you ran"
        );
        std::process::exit(ExitCode::Bug.code().into());
    }));
}
