//! The catalogue: every fault that can be named, with what it predicts. Data in `faults/`, one TOML file a hop; this reads it.
//! The engine knows no fault by name: everything it knows of one stands in the data.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::fault::Fault;
use super::mode::Expectation;
use crate::observe::Hop;

/// All faults.
#[derive(Debug)]
pub struct Catalogue {
    pub(super) faults: Vec<Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultFile {
    fault: Vec<Fault>,
}

static SHIPPED: LazyLock<Catalogue> = LazyLock::new(|| {
    Catalogue::parse(
        include_str!("faults/expectations.toml"),
        &[
            include_str!("faults/client.toml"),
            include_str!("faults/network.toml"),
            include_str!("faults/edge.toml"),
            include_str!("faults/backend.toml"),
            include_str!("faults/backend-auth.toml"),
            include_str!("faults/auth.toml"),
            include_str!("faults/data.toml"),
            include_str!("faults/agents.toml"),
        ],
    )
    .expect("the shipped catalogue is read by a test")
});

impl Catalogue {
    /// The catalogue in the binary.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    fn parse(expectations: &str, files: &[&str]) -> Result<Self, String> {
        let shared: BTreeMap<String, Expectation> = toml::from_str(expectations).map_err(|error| error.to_string())?;
        let mut faults = Vec::new();
        for text in files {
            let mut file: FaultFile = toml::from_str(text).map_err(|error| error.to_string())?;
            for mode in file.fault.iter_mut().flat_map(|fault| &mut fault.mode) {
                mode.include(&shared)?;
            }
            file.fault.iter_mut().for_each(Fault::extend_past_the_edge);
            faults.append(&mut file.fault);
        }
        faults.iter().find(|fault| fault.hop() == Hop::Unknown).map_or(Ok(()), |fault| Err(fault.id.clone()))?;
        Ok(Self { faults })
    }

    /// Every id, in the order of the files.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.faults.iter().map(|fault| fault.id.as_str())
    }
}
