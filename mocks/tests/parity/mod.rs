//! Compares the dialect `observed` with recordings of the real services: one trial per recorded exchange.
//!
//! Start at [`trials`]. `FIVEWHYS_CAPTURES` names the folder of the recordings; without it the trials are ignored.
//!
//! - `recording`: a recorded exchange
//! - `http`, `websocket`: repeat an exchange
//! - `compare`, `log`: compare bodies and log lines

mod compare;
mod http;
mod log;
mod recording;
mod websocket;

use std::path::{Path, PathBuf};

use fivewhys_mocks::{Dialect, Fault, Twin};
use libtest_mimic::{Failed, Trial};
use recording::Probe;

/// The recordings: name, faults, and whether the backend validated its configuration at startup.
const RECORDINGS: &[(&str, &[Fault], bool)] = &[
    ("healthy", &[], true),
    ("tokens", &[], true),
    ("service_secret_mismatch", &[Fault::ServiceSecretMismatch], true),
    ("auth_down", &[Fault::AuthDown], true),
    ("backend_no_service_secret_novalidate", &[Fault::ServiceSecretMissing], false),
];

/// Returns one trial per recorded exchange, or ignored ones without `FIVEWHYS_CAPTURES`.
pub(crate) fn trials() -> Vec<Trial> {
    match std::env::var_os("FIVEWHYS_CAPTURES") {
        Some(folder) => {
            let folder = services(folder.as_ref());
            RECORDINGS.iter().flat_map(|row| trials_of(&folder, *row)).collect()
        }
        None => RECORDINGS.iter().map(|(name, ..)| ignored(name)).collect(),
    }
}

/// Returns the recordings' folder, given that folder or its parent.
fn services(folder: &Path) -> PathBuf {
    let inner = folder.join("services");
    if inner.is_dir() { inner } else { folder.to_owned() }
}

fn ignored(name: &str) -> Trial {
    Trial::test(format!("{name} (set FIVEWHYS_CAPTURES)"), || Ok(())).with_ignored_flag(true)
}

fn trials_of(folder: &Path, (name, faults, startup_validation): (&'static str, &'static [Fault], bool)) -> Vec<Trial> {
    let probes = recording::read(&folder.join(format!("{name}.json")));
    let ours = probes.into_iter().filter(Probe::is_served_by_twin);
    ours.map(|probe| Trial::test(format!("{name}: {}", probe.name), move || run(&probe, faults, startup_validation)))
        .collect()
}

/// Repeats one exchange with a fresh twin, so that earlier exchanges of the recording do not matter.
fn run(probe: &Probe, faults: &[Fault], startup_validation: bool) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let asked = Twin::builder().dialect(Dialect::Observed).faults(faults.iter().copied());
        let twin = asked.startup_validation(startup_validation).start().await?;
        let mut differences = match probe.is_websocket() {
            true => websocket::replay(&twin, probe).await?,
            false => http::replay(&twin, probe).await?,
        };
        differences.extend(log::missing(&twin, probe));
        twin.shutdown().await;
        match differences.is_empty() {
            true => Ok(()),
            false => Err(differences.join("\n").into()),
        }
    })
}
