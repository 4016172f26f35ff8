//! Every kind of run, by the options that make the twin produce it.

use std::io;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::disturbed_runs;
use crate::support::program::{self, TwinProcess};

/// One kind.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    made: Made,
    code: i32,
    /// A place in the JSON report that is not empty in such a run.
    shows: &'static str,
}

/// What a run wrote.
pub(crate) struct Reports {
    pub(crate) json: Value,
    pub(crate) junit: String,
}

/// How a kind of run is made.
enum Made {
    /// With these options of `smoke`.
    By(&'static [&'static str]),
    /// With the second options, and a run with the first options as its baseline.
    Beside(&'static [&'static str], &'static [&'static str]),
    /// By `merge`, from both halves of a run with these options.
    Merged(&'static [&'static str]),
    /// Against a backend that refuses the first call.
    Flaky,
    /// Interrupted at the first call.
    Interrupted,
}

use Made::{Beside, By, Flaky, Interrupted, Merged};

const DEPLOYED: &str = "backend=netra-backend-staging-00639-g4g";
const PREVIOUS: &str = "backend=netra-backend-staging-00611-cr5";
const HANDLER: &str = "backend/handler-error";
const MISMATCH: &str = "backend-auth/service-secret-mismatch";
const KNOWN: &str = r#"known_failure=[{of="chat-stream",reason="under repair",expires=2999-12-31}]"#;

pub(crate) const ALL: &[Kind] = &[
    Kind { name: "passed", made: By(&[]), code: 0, shows: "/scenarios" },
    Kind { name: "a_certain_cause", made: By(&["--fault", MISMATCH]), code: 1, shows: "/causes/0/fix" },
    Kind {
        name: "an_ambiguous_cause",
        made: By(&["--fault", MISMATCH, "--evidence", "edge,auth"]),
        code: 3,
        shows: "/causes/0/alternatives",
    },
    Kind {
        name: "two_causes",
        made: By(&["--fault", MISMATCH, "--fault", "edge/drops-upgrade"]),
        code: 3,
        shows: "/causes/1/fault",
    },
    Kind {
        name: "not_by_what_was_deployed",
        made: By(&["--fault", MISMATCH, "--deployed", "frontend=x"]),
        code: 4,
        shows: "/gate/reasons",
    },
    Kind { name: "findings_only", made: By(&["--dialect", "observed"]), code: 0, shows: "/findings/0/evidence" },
    Kind {
        name: "a_known_failure",
        made: By(&["--fault", "backend/stream-broken", "--scenario", "chat-stream", "--set", KNOWN]),
        code: 0,
        shows: "/scenarios/0/steps/0/because",
    },
    Kind { name: "an_edge_that_refuses", made: By(&["--fault", "edge/iam-denied"]), code: 1, shows: "/causes/0/whys" },
    Kind { name: "no_auth_service", made: By(&["--fault", "auth/down"]), code: 1, shows: "/causes/0/whys" },
    Kind {
        name: "to_be_rolled_back",
        made: By(&["--fault", HANDLER, "--deployed", DEPLOYED, "--previous", PREVIOUS]),
        code: 1,
        shows: "/gate/commands",
    },
    Kind {
        name: "rolled_back",
        made: By(&[
            "--fault",
            HANDLER,
            "--deployed",
            DEPLOYED,
            "--previous",
            PREVIOUS,
            "--rollback-command",
            "echo done",
        ]),
        code: 1,
        shows: "/gate/rolled_back/second/failed",
    },
    Kind { name: "beside_a_good_run", made: Beside(&[], &["--fault", HANDLER]), code: 1, shows: "/baseline/new" },
    Kind {
        name: "beside_a_run_like_it",
        made: Beside(&["--fault", HANDLER], &["--fault", HANDLER, "--new-only"]),
        code: 0,
        shows: "/baseline/already",
    },
    Kind { name: "a_shard", made: By(&["--fault", MISMATCH, "--shard", "1/2"]), code: 1, shows: "/kept/order" },
    Kind { name: "merged", made: Merged(&["--fault", MISMATCH]), code: 1, shows: "/causes/0/fix" },
    Kind { name: "a_flaky_step", made: Flaky, code: 0, shows: "/scenarios/0/steps/0/tries" },
    Kind { name: "interrupted", made: Interrupted, code: 130, shows: "/interrupted" },
];

impl Kind {
    /// Returns the reports of such a run.
    pub(crate) fn reports(&self) -> Result<Reports, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let path = |format: &str| folder.path().join(format!("report.{format}"));
        let reports = ["json", "junit"].map(|format| format!("--report={format}={}", path(format).display()));
        let output = self.made.run(folder.path(), &reports).map_err(|error| error.to_string())?;
        if output.status.code() != Some(self.code) {
            return Err(format!("{:?}: {}", output.status, String::from_utf8_lossy(&output.stderr)));
        }
        let [json, junit] = ["json", "junit"].map(|format| std::fs::read_to_string(path(format)));
        let json =
            serde_json::from_str(&json.map_err(|error| error.to_string())?).map_err(|error| error.to_string())?;
        self.is_as_named(&json)?;
        Ok(Reports { json, junit: junit.map_err(|error| error.to_string())? })
    }

    /// Checks that the report is of such a run.
    fn is_as_named(&self, report: &Value) -> Result<(), String> {
        let there = match report.pointer(self.shows) {
            Some(Value::Array(all)) => !all.is_empty(),
            Some(Value::Object(all)) => !all.is_empty(),
            Some(Value::String(text)) => !text.is_empty(),
            _ => false,
        };
        if there { Ok(()) } else { Err(format!("nothing at {}", self.shows)) }
    }
}

impl Made {
    /// Makes such a run, with two more options.
    fn run(&self, folder: &Path, reports: &[String; 2]) -> io::Result<Output> {
        match self {
            By(options) => in_folder(folder, "smoke").args(*options).args(reports).output(),
            Beside(then, now) => {
                let file = kept(folder, "then.json", then)?;
                in_folder(folder, "smoke").args(["--baseline", &file]).args(*now).args(reports).output()
            }
            Merged(options) => {
                let half =
                    |part: &str| kept(folder, &part.replace('/', "-"), &[options, &["--shard", part][..]].concat());
                in_folder(folder, "merge").args([half("1/2")?, half("2/2")?]).args(reports).output()
            }
            Flaky => {
                let twin = TwinProcess::start(&[]);
                let mut command = in_folder(folder, "smoke");
                command.arg("--config").arg(twin.target()).args(disturbed_runs::flaky(folder)?).args(reports).output()
            }
            Interrupted => {
                let twin = TwinProcess::start(&[]);
                let mut command = in_folder(folder, "smoke");
                command.arg("--config").arg(twin.target()).args(reports);
                disturbed_runs::interrupted(command)
            }
        }
    }
}

fn in_folder(folder: &Path, subcommand: &str) -> Command {
    let mut command = program::bare();
    command.current_dir(folder).arg(subcommand);
    command
}

/// Keeps the JSON report of a run in the folder, and returns the file's name.
fn kept(folder: &Path, name: &str, options: &[&str]) -> io::Result<String> {
    let output = in_folder(folder, "smoke").args(["--format", "json"]).args(options).output()?;
    std::fs::write(folder.join(name), output.stdout)?;
    Ok(name.to_owned())
}
