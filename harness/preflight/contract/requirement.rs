//! What a contract requires of one variable.

use regex::Regex;
use serde::Serialize;

use crate::evidence::{EnvValue, Manifest};

/// What is required of one variable.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Requirement {
    /// The names that this version of the code reads. The first that is set wins.
    pub(crate) names: Vec<String>,
    /// Whether the service does not work without it.
    pub(crate) required: bool,
    /// Whether the value is a secret, which must be a reference and not a literal.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) secret: bool,
    /// The minimum number of bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_length: Option<usize>,
    /// Whether an address of the machine itself is wrong, unless the target is local.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) not_local: bool,
    /// Values that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "expressions")]
    pub(crate) forbidden: Vec<Regex>,
    /// Whether the value is an id that no revision, timestamp or build may follow.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) no_suffix: bool,
    /// The only right value. It is no secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) equals: Option<String>,
    /// The variable of another service that has the same value.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "dotted")]
    pub(crate) must_equal: Option<Shared>,
    /// The faults of the catalogue that a mistake causes.
    #[serde(flatten)]
    pub(crate) faults: Faults,
}

/// The ids of the faults that a mistake in one variable causes.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Faults {
    /// The variable is absent or blank.
    #[serde(rename = "fault_if_lost", skip_serializing_if = "Option::is_none")]
    pub(crate) lost: Option<String>,
    /// The variable has a wrong value.
    #[serde(rename = "fault_if_wrong", skip_serializing_if = "Option::is_none")]
    pub(crate) wrong: Option<String>,
    /// White space surrounds the value.
    #[serde(rename = "fault_if_padded", skip_serializing_if = "Option::is_none")]
    pub(crate) padded: Option<String>,
}

/// A variable of another service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shared {
    pub(crate) service: String,
    /// Its name in the contract.
    pub(crate) variable: String,
}

impl Requirement {
    /// Returns the name that the service reads, and its value: the first name that is set and not blank.
    pub(crate) fn read<'m>(&self, manifest: &'m Manifest) -> Option<(&'m str, &'m EnvValue)> {
        let set = |name: &String| manifest.env.get_key_value(name).filter(|(_, value)| !value.is_empty());
        self.names.iter().find_map(set).map(|(name, value)| (name.as_str(), value))
    }

    /// Returns the name that the service reads first.
    pub(crate) fn first(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }
}

/// Returns the name in a contract of a variable that has no role: `api-key` for `API_KEY`.
pub(super) fn key_of(variable: &str) -> String {
    variable.to_ascii_lowercase().replace('_', "-")
}

impl std::fmt::Display for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.service, self.variable)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

fn expressions<S: serde::Serializer>(all: &[Regex], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(all.iter().map(Regex::as_str))
}

fn dotted<S: serde::Serializer>(shared: &Option<Shared>, serializer: S) -> Result<S::Ok, S::Error> {
    match shared {
        Some(shared) => serializer.collect_str(shared),
        None => serializer.serialize_none(),
    }
}
