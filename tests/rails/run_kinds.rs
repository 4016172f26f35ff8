//! Every kind of run in every format: flaky, interrupted, with a gate and the output of its command, with a baseline, in shards.

use std::path::Path;
use std::process::{Command, Output};

use rstest::rstest;

use crate::rails::output_formats::{WHOLE, canaries, formats};
use crate::support::disturbed_runs;
use crate::support::program::{TwinProcess, bare, stderr, stdout};

const DEPLOY: [&str; 4] =
    ["--deployed", "backend=netra-backend-staging-00639-g4g", "--previous", "backend=netra-backend-staging-00611-cr5"];

/// A kind of run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Flaky,
    Interrupted,
    RolledBack,
    DoNot,
    Baseline,
    Shard,
    Merged,
}

impl Kind {
    const fn fault(self) -> &'static [&'static str] {
        match self {
            Self::Flaky | Self::Interrupted => &[],
            _ => &["--fault", "backend/handler-error"],
        }
    }

    /// Returns what the JSON report of such a run holds.
    const fn shows(self) -> &'static str {
        match self {
            Self::Flaky => "\"flaky\": true",
            Self::Interrupted => "\"interrupted\": \"SIGINT\"",
            Self::RolledBack => "\"rolled_back\": {",
            Self::DoNot => "\"advice\": \"do-not\"",
            Self::Baseline => "\"already\": true",
            Self::Shard => "\"kept\": {",
            Self::Merged => "\"fault\": \"backend/handler-error\"",
        }
    }

    fn run(self, twin: &TwinProcess, folder: &Path, more: &[String]) -> Output {
        let smoke = |arguments: &[&str]| against(twin, "smoke", arguments);
        let kept = |name: &str, arguments: &[&str]| {
            let file = folder.join(name);
            let output = smoke(&[&["--format", "json"], arguments].concat()).output().expect("it starts");
            std::fs::write(&file, output.stdout).expect("a file");
            file
        };
        let mut command = match self {
            Self::Flaky => {
                let mut command = smoke(&[]);
                command.args(disturbed_runs::flaky(folder).expect("a backend"));
                command
            }
            Self::Interrupted => {
                let mut command = smoke(&[]);
                command.args(more);
                return disturbed_runs::interrupted(command).expect("it ends");
            }
            // The operator's command prints every secret and its whole environment.
            Self::RolledBack => {
                let says = format!("cat '{}'/*; env", twin.secrets_folder().display());
                smoke(&[&DEPLOY[..], &["--rollback-command", &says]].concat())
            }
            Self::DoNot => smoke(&["--deployed", "frontend=x"]),
            Self::Baseline => {
                let then = kept("then.json", &[]).display().to_string();
                smoke(&["--baseline", &then])
            }
            Self::Shard => smoke(&["--shard", "1/2"]),
            Self::Merged => {
                let halves = ["1/2", "2/2"].map(|part| kept(&part.replace('/', "-"), &["--shard", part]));
                let mut command = against(twin, "merge", &[]);
                command.args(halves);
                command
            }
        };
        command.args(more).output().expect("it starts")
    }
}

fn against(twin: &TwinProcess, subcommand: &str, arguments: &[&str]) -> Command {
    let mut command = bare();
    command.args([subcommand, "--config"]).arg(twin.target()).args(arguments).env("FIVEWHYS_LOG", "trace");
    command
}

#[rstest]
fn no_kind_of_run_prints_a_secret(
    #[values(Kind::Flaky, Kind::Interrupted, Kind::RolledBack, Kind::DoNot, Kind::Baseline, Kind::Shard, Kind::Merged)]
    kind: Kind,
) {
    let twin = TwinProcess::start(kind.fault());
    let (canaries, folder) = (canaries(&twin), tempfile::tempdir().expect("a folder"));
    let reports =
        formats().into_iter().map(|format| format!("--report={format}={}", folder.path().join(format).display()));
    let more: Vec<String> = WHOLE.map(str::to_owned).into_iter().chain(reports).collect();
    let output = kind.run(&twin, folder.path(), &more);
    canaries.must_not_be_in("stdout", stdout(&output));
    canaries.must_not_be_in("stderr", stderr(&output));
    for format in formats() {
        let text = std::fs::read_to_string(folder.path().join(format)).expect("it was written");
        canaries.must_not_be_in(format, &text);
        assert!(format != "json" || text.contains(kind.shows()), "no such run: {text}");
    }
}
