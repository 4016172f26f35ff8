//! `cargo xtask exam --field DIR`: how often the verdict is right on failures that people reported in public, rebuilt in DIR.
//!
//! Start at [`exam`].
//!
//! - `options`: the flags
//! - `case`: the cases of DIR, and what is wrong in each
//! - `runner`: runs one case through its own `run.sh`; `deadline`: ends a child process in time, with its group
//! - `judgement`: compares one report with the truth
//! - `table`: the rows and the sums
//!
//! Invariant: a case that did not run is never right. Nothing is written into DIR.

mod case;
mod deadline;
mod judgement;
mod options;
mod runner;
mod table;

use std::process::ExitCode;

use self::case::{Case, Mode};
use self::judgement::Judgement;
use self::options::Options;
use self::runner::Runner;
use self::table::{Outcome, Row};

pub(crate) use self::options::USAGE;

/// The exit code if no table was made.
const NO_TABLE: u8 = 2;

/// Runs the cases, or reads kept reports, and prints the table.
pub(crate) fn exam(flags: &[String]) -> ExitCode {
    match rows(flags) {
        Ok(rows) => {
            print!("{}", table::render(&rows));
            ExitCode::SUCCESS
        }
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::from(NO_TABLE)
        }
    }
}

fn rows(flags: &[String]) -> Result<Vec<Row>, String> {
    let options = Options::parse(flags)?;
    let cases = case::read(&options.field, &options.cases)?;
    let runner = if options.from.is_none() { Some(Runner::new(&options)?) } else { None };
    let mut rows = Vec::new();
    for case in &cases {
        for mode in Mode::ALL {
            eprintln!("{} {}", case.name, mode.as_str());
            rows.push(row(case, mode, runner.as_ref(), &options));
        }
    }
    match rows.iter().find_map(Row::reason).filter(|_| rows.iter().all(|row| row.reason().is_some())) {
        Some(reason) => Err(format!("no case of {} can run: {reason}", options.field.display())),
        None => Ok(rows),
    }
}

fn row(case: &Case, mode: Mode, runner: Option<&Runner>, options: &Options) -> Row {
    let report = match (runner, &options.from) {
        (Some(runner), _) => runner.report(case, mode),
        (None, Some(kept)) => runner::kept(kept, case, mode),
        (None, None) => Err("there is nothing to read".to_owned()),
    };
    let outcome = match report.and_then(|report| Judgement::of(&report, &case.truth, mode)) {
        Ok(judgement) => Outcome::Judged(judgement),
        Err(reason) => Outcome::NotRun(reason),
    };
    Row { case: case.name.clone(), mode, counts: case.counts(), outcome }
}
