//! Every recorded exchange must be read as the table `readings.toml` says.

use std::sync::LazyLock;

use fivewhys::internal::config::Target;
use fivewhys::internal::observe::Observation;
use libtest_mimic::Failed;
use serde::Deserialize;

use crate::recorded::recording::{Probe, Recording};
use crate::recorded::{case, exchange, key};

#[derive(Debug, Deserialize)]
struct Table {
    known: Vec<String>,
    well: Vec<String>,
    readings: Vec<[String; 5]>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| toml::from_str(include_str!("readings.toml")).expect("the table"));

/// Returns every recording that the table names.
pub(crate) fn known() -> &'static [String] {
    &TABLE.known
}

/// Compares the exchange with this ordinal with the table.
pub(crate) fn check(recording: &Recording, probe: &Probe, id: u32, target: &Target) -> Result<(), Failed> {
    let Some(key) = key::of(probe) else { return Ok(()) };
    let Some(seen) = case::seen(&exchange::of(recording, probe, key, id), target) else {
        return Err("it was not read at all".into());
    };
    if !TABLE.known.contains(&recording.name) {
        return Ok(());
    }
    let row = TABLE.readings.iter().find(|row| speaks_of(&row[0], &recording.name) && glob(&row[1], &probe.name));
    let Some(row) = row else {
        return Err(format!("the table has no row for it; it is read as {}", words(&seen)).into());
    };
    let wanted = row[2..].join(" ").replace("self", seen.probe.endpoint.split('.').next().unwrap_or_default());
    if wanted == words(&seen) { Ok(()) } else { Err(format!("expected {wanted}, read as {}", words(&seen)).into()) }
}

fn words(seen: &Observation) -> String {
    format!("{} {} {}", seen.answered_by, seen.authn, seen.result)
}

fn speaks_of(recordings: &str, name: &str) -> bool {
    match recordings {
        "*" => true,
        "well" => TABLE.well.iter().any(|well| well == name),
        one => one == name,
    }
}

/// Reports whether `pattern` matches the whole text.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            let starts = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            starts.into_iter().any(|at| glob(after, &rest[at..]))
        }),
    }
}
