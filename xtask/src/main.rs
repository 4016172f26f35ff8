//! Chores of this repository. Start at `CHORES`. `field/` is the exam on public failure reports.
//!
//! Invariant: this crate depends on no crate of the project and on little else, so that it builds in seconds. Every chore is a list of
//! commands that it prints.

mod field;

use std::path::Path;
use std::process::{Command, ExitCode};

/// Name, what it does, and its commands.
const CHORES: [(&str, &str, &[Step]); 4] = [
    ("bless", "rewrite every derived file: schemas and tables in docs/, the verdict in README.md, snapshots", BLESS),
    ("ci", "run the gate, .ci/run", CI),
    ("exam", "run what is too long for cargo test: the whole matrices, and the exam of the diagnosis", EXAM),
    (
        "trust",
        "the long forms of tests/trust, tests/expectations and tests/rails, and a minute for each fuzz target",
        TRUST,
    ),
];

/// Environment variables and one command.
type Step = (&'static [(&'static str, &'static str)], &'static [&'static str]);

/// A test that finds a derived file out of date rewrites it instead of failing where this is set. See `tests/generated/derived.rs`.
const REWRITE: (&str, &str) = ("FIVEWHYS_BLESS", "1");

/// The library first: the program prints what its snapshots hold.
const BLESS: &[Step] = &[
    (
        &[("INSTA_UPDATE", "always"), ("INSTA_FORCE_PASS", "1"), REWRITE],
        &["cargo", "test", "--quiet", "--lib", "--package", "fivewhys"],
    ),
    (&[REWRITE], &["cargo", "test", "--quiet", "--test", "generated", "--", "derived"]),
];

const CI: &[Step] = &[(&[], &[".ci/run"])];

/// The tests that `cargo test` shows as ignored because they are too many, then every fault through every set of evidence.
const EXAM: &[Step] = &[
    (&[], &["cargo", "test", "--release", "--test", "main", "--", "--ignored"]),
    (&[], &["cargo", "test", "--release", "--test", "generated", "--", "--ignored", "xtask exam"]),
    (&[], &["cargo", "run", "--release", "--", "selftest"]),
];

/// The long forms of the tests that have one, then the fuzz targets one after another, with the checks of a debug build.
const TRUST: &[Step] = &[
    (
        &[("FIVEWHYS_TRUST", "1"), ("FIVEWHYS_TRUST_SIGNALS", "200"), ("FIVEWHYS_TRUST_KILLS", "40")],
        &["cargo", "test", "--test", "main", "trust::", "--", "--test-threads", "1"],
    ),
    (&[("FIVEWHYS_TRUST", "1")], &["cargo", "test", "--test", "main", "expectations::"]),
    (&[("FIVEWHYS_TRUST", "1")], &["cargo", "test", "--test", "main", "rails::"]),
    (
        &[("BOLERO_RANDOM_TEST_TIME_MS", "60000"), ("BOLERO_RANDOM_ITERATIONS", "1000000000")],
        &["cargo", "test", "--lib", "--package", "fivewhys", "fuzz::", "--", "--test-threads", "1"],
    ),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [name, flags @ ..] = arguments.as_slice()
        && name == "exam"
        && !flags.is_empty()
    {
        return field::exam(flags);
    }
    let [name] = arguments.as_slice() else { return usage() };
    let Some((_, _, steps)) = CHORES.iter().find(|(known, _, _)| known == name) else { return usage() };
    // A step that fails does not keep the others from running.
    let failed = steps.iter().filter(|step| !succeeds(step)).count();
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn usage() -> ExitCode {
    eprintln!("usage: cargo xtask CHORE\n");
    for (name, about, _) in CHORES {
        eprintln!("  {name:<6} {about}");
    }
    eprint!("\n{}", field::USAGE);
    ExitCode::from(2)
}

/// Runs a step in the root of the repository, and reports whether it succeeded.
fn succeeds((environment, words): &Step) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask/ is in the repository");
    eprintln!("\n== {}", words.join(" "));
    let status = Command::new(words[0]).args(&words[1..]).envs(environment.iter().copied()).current_dir(root).status();
    match status {
        Ok(status) => status.success(),
        Err(error) => {
            eprintln!("{}: {error}", words[0]);
            false
        }
    }
}
