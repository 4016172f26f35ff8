//! The severities that the twin's services write.

/// A Cloud Logging severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    Info,
    Warning,
    Error,
    Critical,
}

impl Severity {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
            Self::Critical => "CRITICAL",
        }
    }

    /// What Cloud Run gives a request log entry: 4xx is a warning, 5xx an error (edge-signatures 8.1).
    pub(crate) const fn of_status(status: u16) -> Self {
        match status {
            500.. => Self::Error,
            400.. => Self::Warning,
            _ => Self::Info,
        }
    }
}
