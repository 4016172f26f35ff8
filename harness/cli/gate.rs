//! `fivewhys gate`: runs the scenarios after a deploy, writes the reports into a folder, and decides what to do.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use miette::miette;

use crate::cli::args::target::TargetArgs;
use crate::cli::smoke::Smoke;
use crate::cli::terminal::interrupt::Signals;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::host::file;
use crate::report::{Advice, Report, Tested};
use crate::run;

/// The variable that names the folder, and the folder without it.
const REPORTS: (&str, &str) = ("FIVEWHYS_REPORTS", "fivewhys-reports");
/// The reports in the folder: format and name.
const FILES: [(&str, &str); 4] =
    [("json", "report.json"), ("junit", "junit.xml"), ("html", "report.html"), ("human", "report.txt")];
const DECISION: &str = "decision";
const EXIT_CODE: &str = "exit-code";

/// Options of `fivewhys gate`.
#[derive(Debug, Args)]
pub(super) struct Gate {
    /// The folder for the reports, and for the files `decision` and `exit-code`
    #[arg(long, value_name = "DIR", env = REPORTS.0, default_value = REPORTS.1)]
    reports: PathBuf,
    #[command(flatten)]
    smoke: Smoke,
}

/// What to do with the deploy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Keep,
    RollBack,
    DoNotRollBack,
    Undecided,
    /// Nothing is known.
    NotTested,
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keep => "keep",
            Self::RollBack => "roll-back",
            Self::DoNotRollBack => "do-not-roll-back",
            Self::Undecided => "undecided",
            Self::NotTested => "not-tested",
        })
    }
}

impl Gate {
    pub(super) async fn run(self, arguments: &TargetArgs, signals: &Signals) -> Result<ExitCode, Mistake> {
        let Self { reports, mut smoke } = self;
        if smoke.only_shows() {
            return Err(miette!("--list and --dry-run run nothing, so there is nothing to decide").into());
        }
        prepare(&reports)?;
        for (format, name) in FILES {
            smoke.also_report(format, Some(reports.join(name)));
        }
        if is_on_github() {
            smoke.also_report("github", None);
        }
        let (decision, code) = match smoke.report(arguments, signals, false).await {
            Ok((report, _, unwritten)) => {
                let code = unwritten.exit_code(report.exit.code);
                (decision(&report, code), code)
            }
            Err(mistake) => {
                mistake.print();
                (Decision::NotTested, run::ExitCode::Mistake.code())
            }
        };
        say(&reports, decision, code)?;
        // The deploy passed: a missing report must not stop it.
        Ok(ExitCode::from(if code == run::ExitCode::NotWritten.code() { 0 } else { code }))
    }
}

/// Returns what to do, by the report and by the exit code of `fivewhys smoke`.
fn decision(report: &Report, code: u8) -> Decision {
    use run::ExitCode as Code;

    let failed = [Code::CauseFound.code(), Code::CauseNotFound.code()];
    let by_code = match code {
        code if code == Code::Passed.code() || code == Code::NotWritten.code() => Decision::Keep,
        code if code == Code::NotDeployed.code() => Decision::DoNotRollBack,
        code if failed.contains(&code) => match report.gate.as_ref().map(|gate| gate.advice) {
            Some(Advice::RollBack) => Decision::RollBack,
            Some(Advice::DoNot) => Decision::DoNotRollBack,
            Some(Advice::Undecided) | None => Decision::Undecided,
        },
        _ => Decision::NotTested,
    };
    // A deploy that split the traffic may still be what broke it: the advice to roll back stays.
    let other_was_tested = report.deployed.iter().any(|one| one.result == Tested::Other);
    if other_was_tested && by_code != Decision::RollBack { Decision::NotTested } else { by_code }
}

/// Removes what an earlier run left in the folder. If this run ends early, nothing was tested.
fn prepare(reports: &Path) -> Result<(), Mistake> {
    let unwritable = |error| miette!("cannot write {}: {error}", reports.display());
    std::fs::create_dir_all(reports).map_err(unwritable)?;
    for name in [FILES[0].1, EXIT_CODE] {
        let path = reports.join(name);
        if path.exists() {
            std::fs::remove_file(path).map_err(unwritable)?;
        }
    }
    Ok(file::write(&reports.join(DECISION), b"not-tested\n").map_err(unwritable)?)
}

/// Writes the decision into the folder, and as the last line of stdout.
fn say(reports: &Path, decision: Decision, code: u8) -> Result<(), Mistake> {
    let write = |name: &str, text: String| {
        let path = reports.join(name);
        file::write(&path, text.as_bytes()).map_err(|error| miette!("cannot write {}: {error}", path.display()))
    };
    write(EXIT_CODE, format!("{code}\n"))?;
    write(DECISION, format!("{decision}\n"))?;
    let mut lines = String::new();
    if code == run::ExitCode::NotWritten.code() {
        lines.push_str("fivewhys: passed, but a report could not be written: see stderr\n");
        if is_on_github() {
            lines.push_str("::warning::fivewhys passed, but a report could not be written\n");
        }
    }
    lines.push_str(&format!("fivewhys: {decision} (exit code {code})\n"));
    Ok(output::print(&lines).map_err(|error| miette!("cannot write to standard output: {error}"))?)
}

/// Decides that nothing was tested, if the arguments are those of `fivewhys gate` and have a mistake.
pub(super) fn not_tested_by_mistake(arguments: impl Iterator<Item = String>) {
    let named: Vec<String> = arguments.collect();
    if !named.iter().any(|word| word == "gate") {
        return;
    }
    let after = named.iter().position(|word| word == "--reports").and_then(|at| named.get(at + 1));
    let joined = named.iter().find_map(|word| word.strip_prefix("--reports=")).map(str::to_owned);
    let variable = std::env::var(REPORTS.0).ok();
    let folder = after.cloned().or(joined).or(variable).unwrap_or_else(|| REPORTS.1.to_owned());
    let folder = Path::new(&folder);
    let done = prepare(folder).and_then(|()| say(folder, Decision::NotTested, run::ExitCode::Mistake.code()));
    if let Err(mistake) = done {
        mistake.print();
    }
}

fn is_on_github() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}
