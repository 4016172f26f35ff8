//! How bad a log entry is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bad a log entry is, as its writer or the platform says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// `DEBUG`, `INFO`, `NOTICE` and below.
    Info,
    /// `WARNING`.
    Warning,
    /// `ERROR`, `CRITICAL` and above.
    Error,
}

impl Severity {
    /// Returns the severity that a word means, in any case. `None`: the word says nothing, such as Cloud Logging's
    /// `DEFAULT`.
    pub(crate) fn of(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "trace" | "debug" | "verbose" | "info" | "information" | "notice" | "success" => Self::Info,
            "warn" | "warning" => Self::Warning,
            "err" | "error" | "severe" | "crit" | "critical" | "fatal" | "panic" | "alert" | "emerg" | "emergency" => {
                Self::Error
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Severity;

    #[rstest]
    #[case::cloud_logging("NOTICE", Some(Severity::Info))]
    #[case::python("WARNING", Some(Severity::Warning))]
    #[case::nginx("crit", Some(Severity::Error))]
    #[case::go("fatal", Some(Severity::Error))]
    #[case::not_given("DEFAULT", None)]
    fn a_word_has_a_severity(#[case] word: &str, #[case] means: Option<Severity>) {
        assert_eq!(Severity::of(word), means);
    }
}
