//! The exit codes of the program. A test compares this table with the help texts and with `docs/users/exit-codes.md`.

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// No failure, or no new one.
    Passed = 0,
    /// A failure with a known cause.
    CauseFound = 1,
    /// Bad usage or configuration.
    Mistake = 2,
    /// A failure without a known cause.
    CauseNotFound = 3,
    /// A failure that the deployment did not cause.
    NotDeployed = 4,
    /// No failure, and a report that could not be written.
    NotWritten = 5,
    /// A bug in fivewhys.
    Bug = 70,
    /// SIGINT (128 + 2).
    Interrupted = 130,
    /// SIGTERM (128 + 15).
    Terminated = 143,
}

impl ExitCode {
    /// Every code, lowest first.
    pub const ALL: [Self; 9] = [
        Self::Passed,
        Self::CauseFound,
        Self::Mistake,
        Self::CauseNotFound,
        Self::NotDeployed,
        Self::NotWritten,
        Self::Bug,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// Returns the number.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Returns what the code means, on one line without a full stop.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Passed => {
                "passed (the report may list findings that do not fail the run); with --new-only also: every failure is in the baseline too"
            }
            Self::CauseFound => "failed, cause found",
            Self::Mistake => "bad usage or configuration; nothing was tested",
            Self::CauseNotFound => {
                "failed, cause not found (ambiguous or unknown); with --fail-on-flaky also: a step passed only after a retry"
            }
            Self::NotDeployed => {
                "failed, and no possible cause involves a service named with --deployed: do not roll back"
            }
            Self::NotWritten => "passed, but a report could not be written",
            Self::Bug => "a bug in fivewhys",
            Self::Interrupted => "interrupted (SIGINT, Ctrl-C); the report covers what ran until then",
            Self::Terminated => "terminated (SIGTERM); the report covers what ran until then",
        }
    }

    /// Returns the table for help texts.
    #[must_use]
    pub fn table() -> String {
        let row = |one: Self| format!("\n  {:<4} {}", one.code(), one.meaning());
        format!("Exit codes:{}", Self::ALL.map(row).concat())
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.code())
    }
}
