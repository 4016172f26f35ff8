//! The manifest of a service, in the layouts of several platforms.
//!
//! Start at [`read`], which makes [`Declaration`]s of a text. The content decides the layout, not the name of the file.
//!
//! - `text`: a text in JSON, YAML or `KEY=VALUE` lines, as values
//! - `layout`: the layouts, and which one a value has
//! - `cloud_run_v1`, `cloud_run_v2`: services and revisions of Cloud Run, as gcloud and as the API print them
//! - `kubernetes`, `compose`, `ecs`, `env_file`: the other layouts
//! - `declaration`: a manifest together with its literal values, which are never printed
//! - `environment`, `env_value`: the variables
//!
//! Invariant: a [`Manifest`] holds no value that may be a secret, and no error quotes the text.

mod cloud_run_v1;
mod cloud_run_v2;
mod compose;
mod container;
mod declaration;
mod ecs;
mod env_file;
mod env_value;
mod environment;
mod kubernetes;
mod layout;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use declaration::{Dated, Declaration};
pub use env_value::EnvValue;
pub(crate) use env_value::suggests_a_credential;
pub use layout::Layout;
pub use text::NotRead;
pub(crate) use text::looks_like_manifest;

/// The part of a service's manifest that the diagnosis reads.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    /// The name of the service, revision, workload or container.
    pub name: String,
    /// The environment of the container that serves requests.
    pub env: BTreeMap<String, EnvValue>,
    /// Whether the platform says that the newest revision is ready. `None` when it says neither.
    pub ready: Option<bool>,
    /// Why it is not ready: the platform's reason and message.
    pub reason: Option<String>,
    /// The newest revision.
    pub latest_created: Option<String>,
    /// The newest revision that was ready.
    pub latest_ready: Option<String>,
    /// The address of the service.
    pub url: Option<String>,
    /// Which networks may call the service: `all`, `internal` or `internal-and-cloud-load-balancing`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ingress: Option<String>,
    /// The revisions that get traffic and their percentages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traffic: Vec<(String, u64)>,
    /// The revision of each traffic tag.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// Sources of further variables whose names the manifest does not hold, for example a whole Secret of Kubernetes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env_from: Vec<String>,
    /// The layout of the file that it was read from. Cloud Run when absent.
    #[serde(default, skip_serializing_if = "Layout::is_usual")]
    pub layout: Layout,
}

/// The name of a traffic target without a revision: the platform sends its share to the newest revision.
pub(crate) const NEWEST: &str = "the newest revision";

impl Manifest {
    /// Reads a text that holds the manifest of one service. `plain` names further variables whose literal values may be
    /// shown.
    ///
    /// # Errors
    /// When the text has no known layout, or does not hold exactly one manifest.
    pub fn parse(text: &str, plain: &BTreeSet<String>) -> Result<Self, NotRead> {
        match <[Declaration; 1]>::try_from(read(text, plain, None)?) {
            Ok([one]) => Ok(one.manifest),
            Err(several) => Err(NotRead::Count(several.len())),
        }
    }

    /// Redacts what the platform wrote, and the values. `clean` is the run's redactor.
    pub(crate) fn clean(&mut self, clean: &dyn Fn(&str) -> String) {
        let values = self.env.values_mut().filter_map(|value| match value {
            EnvValue::Plain(text) | EnvValue::Reference(text) => Some(text),
            EnvValue::Hidden { .. } | EnvValue::Secret { .. } => None,
        });
        let texts = [&mut self.reason, &mut self.url].into_iter().flatten().chain([&mut self.name]);
        texts.chain(values).for_each(|text| *text = clean(text));
    }

    /// Reports whether the manifest itself holds the value of a variable.
    #[must_use]
    pub fn is_literal(&self, name: &str) -> bool {
        matches!(self.env.get(name), Some(EnvValue::Plain(_) | EnvValue::Hidden { .. }))
    }

    /// Returns the value of a variable that is set and not blank.
    #[must_use]
    pub fn set(&self, name: &str) -> Option<&EnvValue> {
        self.env.get(name).filter(|value| !value.is_empty())
    }
}

/// Reads every manifest of a text. `plain` names further variables whose literal values may be shown. From `folder`, the
/// folder of the file, env files are read that a compose file names.
///
/// # Errors
/// When the text is neither JSON nor YAML nor `KEY=VALUE` lines, or a value in it has no known layout.
pub(crate) fn read(text: &str, plain: &BTreeSet<String>, folder: Option<&Path>) -> Result<Vec<Declaration>, NotRead> {
    match text::values(text)? {
        text::Content::Lines(lines) => Ok(vec![env_file::read(lines, plain)]),
        text::Content::Values(values) => layout::read(&values, plain, folder).map_err(NotRead::Layout),
    }
}

#[cfg(test)]
mod tests;
