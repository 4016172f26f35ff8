//! One test per scenario against a deployment: the target named by `FIVEWHYS_TARGET`, from the file named by `FIVEWHYS_CONFIG` (or
//! `fivewhys.toml`, or else the one built in). Each is shown as ignored while `FIVEWHYS_TARGET` is unset.
//!
//! The tests run one after the other: a deployment's edge bans an address that asks too often.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use fivewhys::config::{Overrides, Target, TargetFile};
use fivewhys::redact::Redactor;
use fivewhys::report::{Report, RunOutcome, human};
use fivewhys::run;
use fivewhys::scenario::{self, Scenario};
use libtest_mimic::{Failed, Trial};

/// The usual width of a test's output.
const STYLE: human::Style = human::Style { width: 100, colour: false, unicode: true, verbose: false, curl: false };

/// Held while a test runs.
static TURN: Mutex<()> = Mutex::new(());

pub(crate) fn trials() -> Vec<Trial> {
    let scenarios = scenario::embedded().expect("the shipped scenarios are in order");
    let named = std::env::var("FIVEWHYS_TARGET").ok().filter(|name| !name.is_empty());
    let trial = |scenario: Scenario| match named.clone() {
        Some(name) => Trial::test(scenario.id.clone(), move || passes(&name, scenario)),
        None => Trial::test(format!("{} (set FIVEWHYS_TARGET)", scenario.id), || Ok(())).with_ignored_flag(true),
    };
    scenarios.into_iter().map(trial).collect()
}

fn passes(target: &str, scenario: Scenario) -> Result<(), Failed> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let redactor = Redactor::new();
    let target = Arc::new(resolve(target).map_err(|error| shown(&error))?);
    let run = run::Smoke {
        target,
        scenarios: vec![scenario],
        catalogue: fivewhys::diagnose::Catalogue::shipped_shared(),
        deployed: Vec::new(),
        redactor: redactor.clone(),
        conduct: fivewhys::run::Conduct::default(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // A scenario of which no step can be driven fails too: a run that tests nothing must not pass.
    let report = runtime.block_on(run::smoke(&run, &|_| {})).map_err(|error| shown(&error))?;
    verdict(&report, &redactor)
}

fn verdict(report: &Report, redactor: &Redactor) -> Result<(), Failed> {
    match report.outcome {
        RunOutcome::Passed => Ok(()),
        RunOutcome::Failed => Err(redactor.clean(&human::render(report, &STYLE)).into()),
    }
}

fn resolve(name: &str) -> Result<Target, fivewhys::document::ConfigError> {
    let here = PathBuf::from("fivewhys.toml");
    let file = match std::env::var_os("FIVEWHYS_CONFIG").map(PathBuf::from) {
        Some(path) => TargetFile::read(&path)?,
        None if here.is_file() => TargetFile::read(&here)?,
        None => TargetFile::embedded()?,
    };
    let environment =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    file.resolve(Some(name), &Overrides::new(&[], environment))
}

/// Returns the whole diagnostic with its source and help, as text.
fn shown(error: &(dyn miette::Diagnostic + 'static)) -> String {
    let mut text = String::new();
    let theme = miette::GraphicalTheme::unicode_nocolor();
    let done = miette::GraphicalReportHandler::new_themed(theme).with_links(false).render_report(&mut text, error);
    if done.is_ok() { text } else { error.to_string() }
}
