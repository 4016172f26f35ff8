//! How a report for people looks.

/// The width, the colours and the details of a report for people. A format for programs ignores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal, taken as at least 40 and at most 140. Only a command or a URL makes a longer line, as neither is broken.
    pub width: usize,
    /// Whether to use ANSI colours. No meaning is carried by colour alone.
    pub colour: bool,
    /// Whether the terminal shows characters other than ASCII.
    pub unicode: bool,
    /// Whether to show every probe, and the observation that ruled out each fault.
    pub verbose: bool,
    /// Whether to show each failed call as a `curl` command. The command holds no token: it says `$TOKEN`.
    pub curl: bool,
    /// Whether the reader can give the command another flag, such as `-v`: not in a file, nor in the library.
    pub has_flags: bool,
}

impl Style {
    /// The style of a report in a file: 100 columns, no colour.
    pub const FILE: Self =
        Self { width: 100, colour: false, unicode: true, verbose: false, curl: false, has_flags: false };
}
