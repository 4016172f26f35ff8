//! Results that could not be written. They never change the exit code of a run that failed.

use std::io;
use std::process::ExitCode;

use miette::Diagnostic;
use thiserror::Error;

use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::run;

/// The name of standard output in messages.
const STDOUT: &str = "standard output";

/// The results that could not be written, each with the reason. Every other result was written.
#[derive(Debug, Default, Error, Diagnostic)]
#[error("cannot write {}", list(.0))]
#[diagnostic(code(fivewhys::report::unwritable), help("all other reports were written"))]
pub(crate) struct Unwritten(Vec<(String, io::Error)>);

fn list(failures: &[(String, io::Error)]) -> String {
    failures.iter().map(|(what, error)| format!("{what}: {error}")).collect::<Vec<_>>().join("; ")
}

impl Unwritten {
    /// Keeps a failure.
    pub(crate) fn add(&mut self, what: impl std::fmt::Display, done: io::Result<()>) {
        self.0.extend(done.err().map(|error| (what.to_string(), error)));
    }

    /// Prints a text to stdout, and keeps a failure.
    pub(crate) fn print(&mut self, text: &str) {
        self.add(STDOUT, output::print(text));
    }

    /// Says on stderr what could not be written, and returns the exit code of a command that would have ended with `code`:
    /// 5 instead of 0.
    pub(crate) fn exit(self, code: u8) -> ExitCode {
        ExitCode::from(self.exit_code(code))
    }

    /// Does as [`Self::exit`], and returns the number.
    pub(crate) fn exit_code(self, code: u8) -> u8 {
        if self.0.is_empty() {
            return code;
        }
        Mistake::from(self).print();
        if code == 0 { run::ExitCode::NotWritten.code() } else { code }
    }
}

/// Prints the result of a command, and returns its exit code: `code`, or 5 instead of 0 when it could not be printed.
pub(crate) fn print_result(text: &str, code: u8) -> ExitCode {
    let mut unwritten = Unwritten::default();
    unwritten.print(text);
    unwritten.exit(code)
}
