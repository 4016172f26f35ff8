//! What Prometheus makes of `fivewhys watch`: the rules and the dashboard of `ci/`, and the metrics.
//!
//! - `server`: the Prometheus process.
//! - `rules.test.yaml`: when each alert fires, for promtool.
//!
//! Ignored where there is no Prometheus, or the feature `watch` is off.
//!
//! Invariant: Prometheus itself judges; no test here parses its languages.

#[cfg(feature = "watch")]
mod reads;
#[cfg(feature = "watch")]
mod server;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libtest_mimic::{Failed, Trial};

pub(crate) fn trials() -> Vec<Trial> {
    let tool = is_installed("promtool");
    let mut trials = vec![
        trial("the_rules_are_valid", tool, || promtool(&["check", "rules"], &rules())),
        trial("each_alert_fires_when_it_must", tool, each_alert),
    ];
    let name = "it_reads_every_metric_and_the_dashboard_can_query_them";
    #[cfg(feature = "watch")]
    trials.push(trial(name, is_installed("prometheus"), reads::every_metric));
    #[cfg(not(feature = "watch"))]
    trials.push(Trial::test(format!("{name} (--features watch)"), || Ok(())).with_ignored_flag(true));
    trials
}

fn trial(name: &str, can_run: bool, test: fn() -> Result<(), Failed>) -> Trial {
    let name = if can_run { name.to_owned() } else { format!("{name} (install prometheus)") };
    Trial::test(name, test).with_ignored_flag(!can_run)
}

/// Reports whether this program is on the machine.
fn is_installed(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rules() -> PathBuf {
    root().join("ci/prometheus-rules.yaml")
}

fn each_alert() -> Result<(), Failed> {
    let folder = tempfile::TempDir::new()?;
    let file = folder.path().join("rules.test.yaml");
    let tests = include_str!("rules.test.yaml").replace("RULES", &rules().display().to_string());
    std::fs::write(&file, tests)?;
    promtool(&["test", "rules"], &file)
}

fn promtool(command: &[&str], file: &Path) -> Result<(), Failed> {
    let output = Command::new("promtool").args(command).arg(file).output()?;
    let said = [output.stdout, output.stderr].concat();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&said).into_owned().into()) }
}
