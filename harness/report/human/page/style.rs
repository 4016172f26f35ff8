//! How a report for people looks.

/// How the report is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal. Lines are kept within 40 to 140 of them; only a command or a URL may be longer, never broken.
    pub width: usize,
    /// Whether to use ANSI colours. Nothing is said by colour alone.
    pub colour: bool,
    /// Whether the terminal shows more than ASCII.
    pub unicode: bool,
    /// Whether to show every probe, and by what each fault was ruled out.
    pub verbose: bool,
    /// Whether to show each failed call as a `curl` command. Holds no token: it is `$TOKEN`.
    pub curl: bool,
}

impl Style {
    /// For a file that is read anywhere: no colour.
    pub const FILE: Self = Self { width: 100, colour: false, unicode: true, verbose: false, curl: false };
}
