//! Keeps recordings in files, one JSON file each, so that another build can judge them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::Target;
use crate::run::Recording;
use crate::selftest::stage::Stage;
use crate::selftest::stage::error::SelftestError;
use crate::selftest::subject::Subject;
use crate::selftest::subject::recorded::Recorded;

/// The addresses of a twin.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Addresses {
    backend: Url,
    auth: Url,
    websocket: Url,
    direct: Option<(Url, Url)>,
}

impl Addresses {
    fn of(target: &Target) -> Self {
        let Target { backend, auth, websocket, direct, .. } = target.clone();
        Self { backend, auth, websocket, direct }
    }

    /// Sets the addresses of a target.
    pub(crate) fn give_to(self, target: &mut Target) {
        Self { backend: target.backend, auth: target.auth, websocket: target.websocket, direct: target.direct } = self;
    }
}

/// The content of one file.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    faults: Vec<String>,
    dialect: String,
    noise: Option<u64>,
    addresses: Addresses,
    took_s: f64,
    recording: Recording,
}

/// Writes the recordings into a directory, and creates it if necessary.
///
/// # Errors
/// Fails if a file cannot be written.
pub(crate) fn write(directory: &Path, all: &[Arc<Recorded>]) -> Result<(), SelftestError> {
    std::fs::create_dir_all(directory).map_err(|error| cannot(directory, &error))?;
    for (at, one) in all.iter().enumerate() {
        let kept = Kept {
            faults: one.faults(),
            dialect: one.dialect(),
            noise: one.subject.noise,
            addresses: Addresses::of(&one.target),
            took_s: one.took.as_secs_f64(),
            recording: one.recording.clone(),
        };
        let path = directory.join(format!("{at:05}.json"));
        let json = serde_json::to_vec(&kept).map_err(|error| cannot(&path, &error))?;
        std::fs::write(&path, json).map_err(|error| cannot(&path, &error))?;
    }
    Ok(())
}

/// Reads the recordings that [`write`] wrote.
///
/// # Errors
/// Fails if there is no recording, or if one cannot be read.
pub(crate) async fn read(directory: &Path, stage: &Stage) -> Result<Vec<Arc<Recorded>>, SelftestError> {
    let entries = std::fs::read_dir(directory).map_err(|error| cannot(directory, &error))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    if paths.is_empty() {
        return Err(cannot(directory, &"the directory has no recordings"));
    }
    let mut all = Vec::with_capacity(paths.len());
    for path in paths {
        let text = std::fs::read(&path).map_err(|error| cannot(&path, &error))?;
        let kept: Kept = serde_json::from_slice(&text).map_err(|error| cannot(&path, &error))?;
        let subject = kept.subject().map_err(|error| cannot(&path, &error))?;
        let target = stage.restore(&subject, &kept.addresses).await?;
        let took = Duration::from_secs_f64(kept.took_s.clamp(0.0, 1e6));
        let replays = Default::default();
        all.push(Arc::new(Recorded { subject, target, recording: kept.recording, took, replays }));
    }
    Ok(all)
}

fn cannot(path: &Path, error: &dyn ToString) -> SelftestError {
    SelftestError::Kept(path.to_owned(), error.to_string())
}

impl Kept {
    fn subject(&self) -> Result<Subject, String> {
        let faults = self.faults.iter().map(|id| id.parse().map_err(|_| format!("the twin has no fault `{id}`")));
        let dialect = self.dialect.parse().map_err(|_| format!("the twin has no dialect `{}`", self.dialect))?;
        Ok(Subject { faults: faults.collect::<Result<_, _>>()?, dialect, noise: self.noise })
    }
}
