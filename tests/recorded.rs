//! Recorded truth: the real services under known faults (`captures/services`), held against `observe` and `diagnose`.
//!
//! `FIVEWHYS_CAPTURES` names the folder `captures`; without it every trial is shown as ignored. Recordings that the tables do not
//! know are read and diagnosed too: that must at least be possible.

#[path = "recorded/case.rs"]
mod case;
#[path = "recorded/evidence.rs"]
mod evidence;
#[path = "recorded/exchange.rs"]
mod exchange;
#[path = "recorded/incident.rs"]
mod incident;
#[path = "recorded/key.rs"]
mod key;
#[path = "recorded/reading.rs"]
mod reading;
#[path = "recorded/recording.rs"]
mod recording;
#[path = "recorded/verdict.rs"]
mod verdict;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use fivewhys::internal::config::{Overrides, Target, TargetFile};
use fivewhys::internal::terms::EvidenceSource;
use libtest_mimic::{Arguments, Trial};

use self::recording::Recording;

/// The shipped target file, and the recorded system as one target more.
const TARGETS: &str = concat!(include_str!("../fivewhys.toml"), "\n", include_str!("recorded/target.toml"));

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = match std::env::var_os("FIVEWHYS_CAPTURES") {
        Some(folder) => trials(&services(Path::new(&folder))),
        None => ignored(),
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn ignored() -> Vec<Trial> {
    let names = reading::known().iter().map(String::as_str).chain([incident::NAME]);
    let trial = |name| Trial::test(format!("{name} (set FIVEWHYS_CAPTURES)"), || Ok(())).with_ignored_flag(true);
    names.map(trial).collect()
}

/// The recordings' folder, whether it is named itself or the one above it.
fn services(folder: &Path) -> PathBuf {
    let inner = folder.join("services");
    if inner.is_dir() { inner } else { folder.to_owned() }
}

fn trials(folder: &Path) -> Vec<Trial> {
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
