//! Every kind of run, by the options that bring it about in the twin.

use std::io;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::program::TwinProcess;
use crate::{disturbed, program};

/// One kind.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    made: Made,
    code: i32,
    /// What shows that the run is of this kind: a place in the JSON report, and what must not be empty or zero there.
    shows: &'static str,
}

/// How a run of a kind comes about.
enum Made {
    /// By these options of `smoke`.
    By(&'static [&'static str]),
    /// The run by the second options, with that by the first as its baseline.
    Beside(&'static [&'static str], &'static [&'static str]),
    /// By `merge`, of both halves of the run by these options.
    Merged(&'static [&'static str]),
    /// The backend is away at first.
    Flaky,
    /// Ctrl-C comes with the first call.
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
    Kind { name: "nobody_there", made: By(&["--fault", "auth/down"]), code: 1, shows: "/causes/0/whys" },
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
    /// The report of such a run in this format.
    pub(crate) fn report(&self, format: &str) -> Result<String, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let path = folder.path().join("report");
        let report = format!("--report={format}={}", path.display());
        let output = self.made.run(folder.path(), &report).map_err(|error| error.to_string())?;
        if output.status.code() != Some(self.code) {
            return Err(format!("{:?}: {}", output.status, String::from_utf8_lossy(&output.stderr)));
        }
        std::fs::read_to_string(&path).map_err(|error| error.to_string())
    }

    /// Whether the report is of such a run.
    pub(crate) fn is_as_named(&self, report: &Value) -> Result<(), String> {
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
    /// Such a run, with this option more.
    fn run(&self, folder: &Path, report: &str) -> io::Result<Output> {
        match self {
            By(options) => in_folder(folder, "smoke").args(*options).arg(report).output(),
            Beside(then, now) => {
                let file = kept(folder, "then.json", then)?;
                in_folder(folder, "smoke").args(["--baseline", &file]).args(*now).arg(report).output()
            }
            Merged(options) => {
                let half =
                    |part: &str| kept(folder, &part.replace('/', "-"), &[options, &["--shard", part][..]].concat());
                in_folder(folder, "merge").args([half("1/2")?, half("2/2")?]).arg(report).output()
            }
            Flaky => {
                let twin = TwinProcess::start(&[]);
                let mut command = in_folder(folder, "smoke");
                command.arg("--config").arg(twin.target()).args(disturbed::flaky(folder)?).arg(report).output()
            }
            Interrupted => {
                let twin = TwinProcess::start(&[]);
                let mut command = in_folder(folder, "smoke");
                command.arg("--config").arg(twin.target()).arg(report);
                disturbed::interrupted(command)
            }
        }
    }
}

fn in_folder(folder: &Path, subcommand: &str) -> Command {
    let mut command = program::bare();
    command.current_dir(folder).arg(subcommand);
    command
}

/// Keeps the JSON report of a run in the folder, and gives the file's name.
fn kept(folder: &Path, name: &str, options: &[&str]) -> io::Result<String> {
    let output = in_folder(folder, "smoke").args(["--format", "json"]).args(options).output()?;
    std::fs::write(folder.join(name), output.stdout)?;
    Ok(name.to_owned())
}
