//! Recordings of the real services under known faults, diagnosed. Start at `trials`.
//!
//! - `recording`: a recording as its file holds it.
//! - `key`: which probe a recorded call is.
//! - `exchange`: a recorded call as an exchange of the harness.
//! - `log`: recorded log lines as a log that was read.
//! - `case`: all of it as a run would have it.
//! - `reading`: how each exchange must be read, by `readings.toml`.
//! - `verdict`: what must be concluded, by `verdicts.toml`.
//! - `incident`: one recording in another format.
//!
//! `FIVEWHYS_CAPTURES` names the folder of recordings; without it every test is shown as ignored. A recording that the tables do not
//! know must at least be read and diagnosed.
//!
//! Invariant: nothing is sent.

mod case;
mod exchange;
mod incident;
mod key;
mod log;
mod reading;
mod recording;
mod verdict;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fivewhys::internal::config::{Overrides, Target, TargetFile};
use fivewhys::internal::terms::EvidenceSource;
use libtest_mimic::Trial;

use self::recording::Recording;

/// The shipped target file, and the recorded system as one more target.
const TARGETS: &str = concat!(include_str!("../../../fivewhys.toml"), "\n", include_str!("target.toml"));

pub(crate) fn trials() -> Vec<Trial> {
    match std::env::var_os("FIVEWHYS_CAPTURES") {
        Some(folder) => of_folder(&services(Path::new(&folder))),
        None => ignored(),
    }
}

fn ignored() -> Vec<Trial> {
    let names = reading::known().iter().map(String::as_str).chain([incident::NAME]);
    let trial = |name| Trial::test(format!("{name} (set FIVEWHYS_CAPTURES)"), || Ok(())).with_ignored_flag(true);
    names.map(trial).collect()
}

/// Returns the folder of the recordings, where it or its parent is named.
fn services(folder: &Path) -> PathBuf {
    let inner = folder.join("services");
    if inner.is_dir() { inner } else { folder.to_owned() }
}

fn of_folder(folder: &Path) -> Vec<Trial> {
    let target = Arc::new(target());
    let listed = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let files = listed.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<PathBuf> = files.filter(|file| file.extension().is_some_and(|end| end == "json")).collect();
    files.sort();
    assert!(!files.is_empty(), "{}: no recordings", folder.display());
    files.iter().flat_map(|file| of_file(file, &target)).collect()
}

fn of_file(file: &Path, target: &Arc<Target>) -> Vec<Trial> {
    if file.file_stem().is_some_and(|stem| stem == incident::NAME) {
        let (file, target) = (file.to_owned(), Arc::clone(target));
        return vec![Trial::test(incident::NAME, move || incident::check(&file, &target))];
    }
    let Some(recording) = recording::read(file).map(Arc::new) else { return Vec::new() };
    readings(&recording, target).chain(verdicts(&recording, target)).collect()
}

fn readings(recording: &Arc<Recording>, target: &Arc<Target>) -> impl Iterator<Item = Trial> {
    let read = recording.probes().zip(1..).filter(|(probe, _)| key::of(probe).is_some());
    let trials = read.map(|(probe, id)| {
        let (recording, target, probe) = (Arc::clone(recording), Arc::clone(target), probe.clone());
        let name = format!("{}: observe {id} {}", recording.name, probe.name);
        Trial::test(name, move || reading::check(&recording, &probe, id, &target))
    });
    trials.collect::<Vec<_>>().into_iter()
}

fn verdicts(recording: &Arc<Recording>, target: &Arc<Target>) -> Vec<Trial> {
    let named = |what: &str, evidence_sources| {
        format!("{}: diagnose {what} with edge,{}", recording.name, verdict::names(evidence_sources))
    };
    let whole = |evidence_sources: &'static [EvidenceSource]| {
        let (recording, target) = (Arc::clone(recording), Arc::clone(target));
        Trial::test(named("all", evidence_sources), move || verdict::check(&recording, evidence_sources, &target))
    };
    let parts = |evidence_sources: &'static [EvidenceSource]| {
        let (recording, target) = (Arc::clone(recording), Arc::clone(target));
        Trial::test(named("any part", evidence_sources), move || {
            verdict::check_parts(&recording, evidence_sources, &target)
        })
    };
    case::EVIDENCES.iter().flat_map(|evidence_sources| [whole(evidence_sources), parts(evidence_sources)]).collect()
}

fn target() -> Target {
    let file = TargetFile::parse("recorded.toml", TARGETS, Path::new(".")).expect("the target file is in order");
    file.resolve(Some("recorded"), &Overrides::new(&[], [])).expect("the target is in order")
}
