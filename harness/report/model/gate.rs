//! What a deploy gate needs: whether to roll back, why, and what came of it. Part of the report type; computed in `run`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The advice after a deploy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateReport {
    /// What to do.
    pub advice: Advice,
    /// Why, one sentence each. Never empty.
    pub reasons: Vec<String>,
    /// What was just deployed.
    pub deployed: Vec<Revision>,
    /// What ran before it.
    pub previous: Vec<Revision>,
    /// The commands that roll back, one a service; only where that is the advice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<RollBack>,
    /// What was done, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rolled_back: Option<RolledBack>,
}

/// What to do with what was deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Advice {
    /// Whatever the cause is of those that remain, it may lie in what was deployed, and nothing says that the revision before had it.
    RollBack,
    /// Nothing that may have caused it was deployed, or the revision before it has it too, or no revision cures it.
    DoNot,
    /// Neither can be said.
    Undecided,
}

/// One revision of one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Revision {
    /// `backend`, `auth`, or whatever the operator deploys.
    pub service: String,
    /// Its name.
    pub revision: String,
}

/// How one service is rolled back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RollBack {
    /// The service.
    pub service: String,
    /// What was deployed.
    pub from: String,
    /// What ran before.
    pub to: String,
    /// The command, as a shell takes it.
    pub command: String,
}

/// What was done after the advice to roll back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RolledBack {
    /// The operator's command, once a service.
    pub runs: Vec<CommandRun>,
    /// The smoke after it; nothing where a command failed, or the smoke could not be driven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<SecondSmoke>,
}

/// One run of the operator's command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommandRun {
    /// The service it was run for.
    pub service: String,
    /// The command as it was given, redacted.
    pub command: String,
    /// Whether it ended with 0 in time.
    pub succeeded: bool,
    /// How it ended: `exit status: 1`, `not done after 300 s`.
    pub ended: String,
    /// Standard output and error together, redacted, at most 16 KiB.
    pub output: String,
}

/// The smoke after a roll back, in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SecondSmoke {
    /// How it ended.
    pub outcome: crate::report::RunOutcome,
    /// Steps that were driven.
    pub steps: usize,
    /// The steps that failed: `scenario/step`.
    pub failed: Vec<String>,
    /// The faults that it found, or `unknown@HOP`.
    pub causes: Vec<String>,
    /// How long it took, in milliseconds.
    pub total_ms: f64,
}

impl Advice {
    /// In words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RollBack => "roll back",
            Self::DoNot => "do not roll back",
            Self::Undecided => "undecided",
        }
    }
}
