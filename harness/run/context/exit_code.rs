//! The exit codes of the program: the one table. Help texts and `docs/exit-codes.md` are held against it by a test.

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// Nothing failed, or nothing new.
    Passed = 0,
    /// Failed, and it is known why.
    CauseFound = 1,
    /// Bad usage or configuration.
    Mistake = 2,
    /// Failed, and it is not known why.
    CauseNotFound = 3,
    /// Failed, and not by what was deployed.
    NotDeployed = 4,
    /// A bug of ours.
    Bug = 70,
    /// SIGINT (128 + 2).
    Interrupted = 130,
    /// SIGTERM (128 + 15).
    Terminated = 143,
}

impl ExitCode {
    /// Every code, lowest first.
    pub const ALL: [Self; 8] = [
        Self::Passed,
        Self::CauseFound,
        Self::Mistake,
        Self::CauseNotFound,
        Self::NotDeployed,
        Self::Bug,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// What it means, one line without a full stop.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Passed => {
                "passed (findings other than an accepted control may be listed); with --new-only also: nothing failed that did not fail in the baseline"
            }
            Self::CauseFound => "failed, cause found",
            Self::Mistake => "bad usage or configuration; nothing was tested",
            Self::CauseNotFound => {
                "failed, cause not found (ambiguous or unknown); with --fail-on-flaky also: a step passed only when it was repeated"
            }
            Self::NotDeployed => {
                "failed, and nothing involved in any remaining candidate was named with --deployed: do not roll back"
            }
            Self::Bug => "a bug of ours",
            Self::Interrupted => "interrupted (SIGINT, Ctrl-C); the report says how far it came",
            Self::Terminated => "terminated (SIGTERM); the report says how far it came",
        }
    }

    /// The table, for help texts.
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
