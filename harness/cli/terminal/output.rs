//! Where text goes and how it looks: data on stdout, logs on stderr, colour only on request or on a terminal.

use std::io::{self, Write as _};
use std::process::ExitCode;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::cli::terminal::presented;
use crate::report::printable;
use crate::report::visible;
use crate::run;

/// The default width, in columns.
const WIDTH: usize = 100;
/// A longer line of an error about the arguments, in bytes, is cut.
const WIDEST: usize = 1000;

/// Writes a text to stdout. A reader that closed the pipe is not an error.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// Writes lines to stdout that may name files and values of files.
pub(crate) fn print_plain(text: &str) -> io::Result<()> {
    print(&visible(text, "\n", unicode()))
}

/// Writes one line to stderr.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "note: {}", printable(text, unicode()));
}

/// Shows what is wrong with the arguments, or the help text, and returns the exit code.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    // The help text is long, and holds nothing of the arguments.
    if error.use_stderr() && (text.lines().any(|line| line.len() > WIDEST) || visible(&text, "\n", true) != text) {
        let _ = write!(io::stderr(), "{}", presented::text(&text, unicode()));
    } else {
        let _ = error.print();
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(run::ExitCode::Mistake.code()))
}

/// Writes log lines to stderr. No text in them acts on the terminal.
struct Escaped;

impl io::Write for Escaped {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        io::stderr().write_all(visible(&String::from_utf8_lossy(line), "\n", unicode()).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// Starts the log of the program itself, on stderr: `FIVEWHYS_LOG=debug`.
pub(crate) fn log_to_stderr() {
    // Only the lines of fivewhys: libraries log cookies and payloads.
    let level = std::env::var("FIVEWHYS_LOG").ok().and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::WARN);
    let filter = Targets::new().with_target("fivewhys", level);
    let lines = tracing_subscriber::fmt::layer().with_writer(|| Escaped).with_ansi(false);
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
}

/// Reports whether to use colour on a stream: by `NO_COLOR` (<https://no-color.org>), by `CLICOLOR_FORCE`, or else on a
/// terminal.
pub(crate) fn colour(terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    !set("NO_COLOR") && (std::env::var("CLICOLOR_FORCE").is_ok_and(|value| value != "0") || (terminal && !dumb))
}

/// Returns the width of stdout: that of the terminal, or else `COLUMNS`, or else 100.
pub(crate) fn width() -> usize {
    let terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    terminal.or(told).unwrap_or(WIDTH).max(40)
}

/// Reports whether the locale can show more than ASCII.
pub(crate) fn unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}
