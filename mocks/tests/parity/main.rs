//! The dialect `observed` held against the recordings: one trial per recorded exchange on an endpoint of the twin.
//!
//! `FIVEWHYS_CAPTURES` names the folder `captures`, or its `services`; without it everything is shown as ignored.

#[path = "../support/mod.rs"]
mod support;

mod compare;
mod http;
mod log;
mod recording;
mod websocket;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use fivewhys_mocks::{Dialect, Fault, Twin};
use libtest_mimic::{Arguments, Failed, Trial};
use recording::Probe;

/// The recordings and what was changed in them.
const RECORDINGS: &[(&str, &[Fault], bool)] = &[
    ("healthy", &[], true),
    ("tokens", &[], true),
    ("service_secret_mismatch", &[Fault::ServiceSecretMismatch], true),
    ("auth_down", &[Fault::AuthDown], true),
    ("backend_no_service_secret_novalidate", &[Fault::ServiceSecretMissing], false),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = match std::env::var_os("FIVEWHYS_CAPTURES") {
        Some(folder) => {
            let folder = services(folder.as_ref());
            RECORDINGS.iter().flat_map(|row| trials(&folder, *row)).collect()
        }
        None => RECORDINGS.iter().map(|(name, ..)| ignored(name)).collect(),
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The recordings' folder, whether it is named itself or the one above it.
fn services(folder: &Path) -> PathBuf {
    let inner = folder.join("services");
    if inner.is_dir() { inner } else { folder.to_owned() }
}

fn ignored(name: &str) -> Trial {
    Trial::test(format!("{name} (set FIVEWHYS_CAPTURES)"), || Ok(())).with_ignored_flag(true)
}

fn trials(folder: &Path, (name, faults, startup_validation): (&'static str, &'static [Fault], bool)) -> Vec<Trial> {
    let probes = recording::read(&folder.join(format!("{name}.json")));
    let ours = probes.into_iter().filter(Probe::is_on_a_endpoint_of_the_twin);
    ours.map(|probe| Trial::test(format!("{name}: {}", probe.name), move || run(&probe, faults, startup_validation)))
        .collect()
}

/// Each exchange meets a fresh twin: what came before it in the recording must not matter.
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
