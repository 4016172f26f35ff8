//! One test per scenario of a target, for `cargo test`.

use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use libtest_mimic::{Arguments, Failed, Trial};

use super::{Error, Scenario, Smoke, Target};

/// Held while a test runs: the tests share the rate that the edge allows, in whatever number of threads.
static TURN: Mutex<()> = Mutex::new(());

/// Runs one test per scenario of the target that `FIVEWHYS_TARGET` names, and returns the exit code of the test binary.
///
/// Call it from the `main` of a test file with `harness = false`. While `FIVEWHYS_TARGET` is unset, the tests are shown as
/// *ignored*: they never pass without a target. The tests run one after another, because the edge of a deployment bans an
/// address that asks too often. The arguments are those of `cargo test`, for example a filter.
///
/// # Example
/// ```no_run
/// // tests/staging.rs; in Cargo.toml: [[test]] name = "staging", harness = false
/// fn main() -> std::process::ExitCode {
///     fivewhys::scenario_tests()
/// }
/// ```
#[must_use]
pub fn scenario_tests() -> ExitCode {
    libtest_mimic::run(&Arguments::from_args(), trials()).exit_code()
}

/// The tests of the target that is named. While none is, those of the file's usual target, ignored.
#[doc(hidden)]
#[must_use]
pub fn trials() -> Vec<Trial> {
    match Target::from_env() {
        Ok(Some(target)) => of_target(&target),
        Ok(None) => ignored(),
        Err(error) => vec![cannot("the target", error)],
    }
}

fn of_target(target: &Target) -> Vec<Trial> {
    match target.scenarios() {
        Ok(scenarios) => scenarios.into_iter().map(|scenario| trial(target.clone(), scenario)).collect(),
        Err(error) => vec![cannot("the scenarios", error)],
    }
}

fn trial(target: Target, scenario: Scenario) -> Trial {
    Trial::test(scenario.id().to_owned(), move || passes(target, scenario))
}

fn passes(target: Target, scenario: Scenario) -> Result<(), Failed> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // A scenario of which no step can be driven fails too: a run that tests nothing must not look green.
    let run = Smoke::new(target).scenario(scenario).run();
    let report = runtime.block_on(run).map_err(|error| format!("{error:?}"))?;
    if report.passed() { Ok(()) } else { Err(report.to_string().into()) }
}

fn ignored() -> Vec<Trial> {
    let scenarios = Target::usual().and_then(|target| target.scenarios()).unwrap_or_default();
    let name = |scenario: &Scenario| format!("{} (set FIVEWHYS_TARGET)", scenario.id());
    scenarios.iter().map(|one| Trial::test(name(one), || Ok(())).with_ignored_flag(true)).collect()
}

fn cannot(what: &str, error: Error) -> Trial {
    Trial::test(format!("{what} can be read"), move || Err(format!("{error:?}").into()))
}
