//! Whether to roll back a deploy, why, and what the roll back came to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The advice after a deploy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateReport {
    /// Whether to roll back.
    pub advice: Advice,
    /// Why: one sentence for each reason. Never empty.
    pub reasons: Vec<String>,
    /// The revisions that were just deployed.
    pub deployed: Vec<Revision>,
    /// The revisions that ran before them.
    pub previous: Vec<Revision>,
    /// The commands that roll back, one for each service. Present only if that is the advice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<RollBack>,
    /// The roll back, if `--rollback-command` was given and it was run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rolled_back: Option<RolledBack>,
}

/// Whether to roll a deploy back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Advice {
    /// Each remaining candidate may lie in the deploy, and nothing shows that the previous revision has it too.
    RollBack,
    /// The deploy cannot have caused it, the previous revision has it too, or no revision cures it.
    DoNot,
    /// The evidence supports neither advice.
    Undecided,
}

/// One revision of one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Revision {
    /// `backend`, `auth`, or another service that the operator deploys.
    pub service: String,
    /// The name of the revision.
    pub revision: String,
}

/// How one service is rolled back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RollBack {
    /// The service.
    pub service: String,
    /// The revision that was deployed.
    pub from: String,
    /// The revision that ran before.
    pub to: String,
    /// The command for a shell.
    pub command: String,
}

/// The roll back that was run on the advice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RolledBack {
    /// The runs of the operator's command, one for each service.
    pub runs: Vec<CommandRun>,
    /// The smoke after it. Absent if a command failed or the smoke could not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<SecondSmoke>,
}

/// One run of the operator's command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommandRun {
    /// The service for which it was run.
    pub service: String,
    /// The command as the operator gave it, redacted.
    pub command: String,
    /// Whether it exited with 0 in time.
    pub succeeded: bool,
    /// How it ended: `exit status: 1`, `not done after 300 s`.
    pub ended: String,
    /// Standard output and error together, redacted, at most 16 KiB.
    pub output: String,
}

/// A summary of the smoke after a roll back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SecondSmoke {
    /// How it ended.
    pub outcome: crate::report::RunOutcome,
    /// Steps that ran.
    pub steps: usize,
    /// The steps that failed: `scenario/step`.
    pub failed: Vec<String>,
    /// The faults that it found, or `unknown@HOP`.
    pub causes: Vec<String>,
    /// How long it took, in milliseconds.
    pub total_ms: f64,
}

impl Advice {
    /// Returns the advice in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RollBack => "roll back",
            Self::DoNot => "do not roll back",
            Self::Undecided => "undecided",
        }
    }
}
