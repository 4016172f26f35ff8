//! Parts of the documentation that the program generates: JSON schemas, the evidence matrix, the list of faults, verdicts. `cargo xtask bless` rewrites them.

use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};

use super::commands;
use crate::support::program::{run, stdout};

/// Set by `cargo xtask bless`, and by nothing else.
const REWRITE: &str = "FIVEWHYS_BLESS";

/// A schema in docs/, and what generates it.
type Schema = (&'static str, fn() -> String);

const SCHEMAS: [Schema; 4] = [
    ("report.schema.json", fivewhys::internal::report::schema::render),
    ("target.schema.json", fivewhys::internal::config::schema),
    ("scenario.schema.json", fivewhys::internal::scenario::schema),
    ("catalogue.schema.json", fivewhys::internal::diagnose::schema),
];

pub(crate) fn trials() -> Vec<Trial> {
    let schema = |(name, render): Schema| {
        Trial::test(format!("docs/{name}"), move || is_current(&docs(name), &render()).map_err(Failed::from))
    };
    let matrix = Trial::test("docs/users/evidence.md", || matrix().map_err(Failed::from));
    let faults = Trial::test("docs/users/failure-modes.md", || faults().map_err(Failed::from));
    SCHEMAS.into_iter().map(schema).chain([matrix, faults]).chain(commands::verdicts()).collect()
}

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)
}

/// The page holds what `fivewhys faults --matrix` prints, in at most 80 columns.
fn matrix() -> Result<(), String> {
    let (path, output) = (docs("users/evidence.md"), run(["faults", "--matrix"]));
    let matrix = stdout(&output);
    if let Some(wide) = matrix.lines().find(|line| line.chars().count() > 80) {
        return Err(format!("wider than 80 columns: {wide}"));
    }
    more_evidence_distinguishes_more(matrix)?;
    let page = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
    let (before, rest) = page.split_once("```text\n").ok_or("the page holds no block of text")?;
    let (_, after) = rest.split_once("```\n").ok_or("the block does not end")?;
    is_current(&path, &format!("{before}```text\n{matrix}```\n{after}"))
}

/// The page ends with a table of what `fivewhys faults` prints.
fn faults() -> Result<(), String> {
    let (path, output) = (docs("users/failure-modes.md"), run(["faults"]));
    let rows: Vec<String> = stdout(&output).lines().filter_map(row_of_fault).collect();
    let page = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
    let head = "| entry | how common | what is wrong |\n|---|---|---|\n";
    let (before, _) = page.split_once(head).ok_or("the page has no table of entries")?;
    is_current(&path, &format!("{before}{head}{}\n", rows.join("\n")))
}

/// Makes a row of `ID  common  TITLE`.
fn row_of_fault(line: &str) -> Option<String> {
    let (id, rest) = line.split_once(' ')?;
    let (prior, title) = rest.trim_start().split_once(' ')?;
    Some(format!("| `{id}` | {prior} | {} |", title.trim_start().replace('|', "\\|")))
}

/// Checks that no added evidence reduces the share of distinguished pairs (`… 85 %         10`), or the faults that stand alone.
fn more_evidence_distinguishes_more(matrix: &str) -> Result<(), String> {
    let sets =
        ["edge", "edge, auth", "edge, auth, service-credentials", "edge, auth, service-credentials, manifest, logs"];
    let row = |set: &str| {
        let line = matrix.lines().find(|line| line.strip_prefix(set).is_some_and(|rest| rest.starts_with("  ")))?;
        let numbers = line.split_whitespace().filter_map(|word| word.parse().ok());
        Some(numbers.collect::<Vec<u32>>())
    };
    let rows: Vec<Vec<u32>> = sets.into_iter().filter_map(row).collect();
    let grows = rows.len() == sets.len() && rows.windows(2).all(|two| two[0][0] <= two[1][0] && two[0][1] <= two[1][1]);
    if grows { Ok(()) } else { Err(format!("more evidence distinguishes fewer faults: {rows:?}")) }
}

/// Checks that a file is what was generated.
fn is_current(path: &Path, generated: &str) -> Result<(), String> {
    let kept = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    if kept == generated { Ok(()) } else { out_of_date(path, generated) }
}

/// Reports that a file should be this text. `cargo xtask bless` has it rewritten instead.
pub(crate) fn out_of_date(path: &Path, generated: &str) -> Result<(), String> {
    if std::env::var_os(REWRITE).is_some() {
        return std::fs::write(path, generated).map_err(|error| format!("{}: {error}", path.display()));
    }
    Err(format!("{} is out of date: run `cargo xtask bless`", path.display()))
}
