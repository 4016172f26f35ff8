//! Every kind of run, by the options that bring it about in the twin.

use std::process::Command;

use serde_json::Value;

/// One kind.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    arguments: &'static [&'static str],
    code: i32,
    /// What shows that the run is of this kind: a place in the JSON report, and what must not be empty or zero there.
    shows: &'static str,
}

const MISMATCH: &str = "backend-auth/service-secret-mismatch";
const KNOWN: &str = r#"known_failure=[{of="chat-stream",reason="under repair",expires=2999-12-31}]"#;

pub(crate) const ALL: &[Kind] = &[
    Kind { name: "passed", arguments: &[], code: 0, shows: "/scenarios" },
    Kind { name: "a_certain_cause", arguments: &["--fault", MISMATCH], code: 1, shows: "/causes/0/fix" },
    Kind {
        name: "an_ambiguous_cause",
        arguments: &["--fault", MISMATCH, "--doors", "edge,auth"],
        code: 3,
        shows: "/causes/0/alternatives",
    },
    Kind {
        name: "two_causes",
        arguments: &["--fault", MISMATCH, "--fault", "edge/drops-upgrade"],
        code: 3,
        shows: "/causes/1/fault",
    },
    Kind {
        name: "not_by_what_was_deployed",
        arguments: &["--fault", MISMATCH, "--deployed", "frontend=x"],
        code: 4,
        shows: "/causes/0/involves",
    },
    Kind { name: "findings_only", arguments: &["--dialect", "observed"], code: 0, shows: "/findings/0/evidence" },
    Kind {
        name: "a_known_failure",
        arguments: &["--fault", "backend/stream-broken", "--scenario", "chat-stream", "--set", KNOWN],
        code: 0,
        shows: "/scenarios/0/steps/0/because",
    },
    Kind { name: "an_edge_that_refuses", arguments: &["--fault", "edge/iam-denied"], code: 1, shows: "/causes/0/whys" },
    Kind { name: "nobody_there", arguments: &["--fault", "auth/down"], code: 1, shows: "/causes/0/whys" },
];

impl Kind {
    /// The report of such a run in this format.
    pub(crate) fn report(&self, format: &str) -> Result<String, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let path = folder.path().join("report");
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("fivewhys"));
        command.env_clear().current_dir(folder.path()).arg("smoke").args(self.arguments);
        let report = format!("{format}={}", path.display());
        let output = command.args(["--report", &report]).output().map_err(|error| error.to_string())?;
        if output.status.code() != Some(self.code) {
            return Err(format!("{:?}: {}", output.status, String::from_utf8_lossy(&output.stderr)));
        }
        std::fs::read_to_string(&path).map_err(|error| error.to_string())
    }

    /// Whether the report is of such a run.
    pub(crate) fn is_as_named(&self, report: &Value) -> Result<(), String> {
        let there = match report.pointer(self.shows) {
            Some(Value::Array(all)) => !all.is_empty(),
            Some(Value::String(text)) => !text.is_empty(),
            _ => false,
        };
        if there { Ok(()) } else { Err(format!("nothing at {}", self.shows)) }
    }
}
