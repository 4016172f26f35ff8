//! The value of one variable, without anything that may be a secret.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What stands for the path of a URL.
pub(crate) const PATH: &str = "<redacted:url-path>";

/// The value of one variable. A literal value is kept only if it cannot be a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EnvValue {
    /// A literal value that is harmless by the variable's name: a URL, an id or a switch.
    Plain(String),
    /// A literal value that may be a secret. Only its presence is kept.
    Hidden {
        /// Whether the value is blank.
        empty: bool,
    },
    /// A reference to a secret.
    Secret {
        /// The secret's name. Of a Secret of Kubernetes: `NAME/KEY`.
        name: String,
        /// The version: a number or `latest`. Empty when the store has no versions.
        version: String,
    },
    /// A reference to another value outside of the manifest, for example a key of a ConfigMap.
    Reference(String),
}

impl EnvValue {
    /// Returns a literal value, which is hidden unless the name of its variable says that it is harmless. Of a URL, only the
    /// scheme and the host are kept: a path or a query may hold a key.
    pub(super) fn literal(variable: &str, value: &str, plain: &BTreeSet<String>) -> Self {
        // `redis://:PASSWORD@host`
        let has_userinfo = value.split_once("://").is_some_and(|(_, rest)| rest.contains('@'));
        match harmless(variable, plain) && !has_userinfo {
            true => Self::Plain(without_path(value)),
            false => Self::Hidden { empty: value.trim().is_empty() },
        }
    }

    /// Reports whether the variable exists but is blank.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Plain(value) => value.trim().is_empty(),
            Self::Hidden { empty } => *empty,
            Self::Secret { .. } | Self::Reference(_) => false,
        }
    }
}

impl std::fmt::Display for EnvValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Plain(value) => f.write_str(value),
            Self::Hidden { .. } => f.write_str("a literal value"),
            Self::Secret { name, version } if version.is_empty() => f.write_str(name),
            Self::Secret { name, version } => write!(f, "{name}:{version}"),
            Self::Reference(to) => write!(f, "a reference to {to}"),
        }
    }
}

/// Returns a URL with a mark in place of its path and query. Returns any other value as it is.
fn without_path(value: &str) -> String {
    let Some((scheme, rest)) = value.split_once("://") else { return value.to_owned() };
    let host = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[host..].trim().len() {
        0 | 1 => value.to_owned(),
        _ => format!("{scheme}://{}/{PATH}", &rest[..host]),
    }
}

/// Reports whether the literal value of a variable may be shown. A name that suggests a credential is never harmless.
fn harmless(variable: &str, plain: &BTreeSet<String>) -> bool {
    let name = variable.to_ascii_uppercase();
    let shown = ["_URL", "_ID", "_ENABLED", "ENVIRONMENT", "_HOST", "_PORT", "VALIDATION"];
    !suggests_a_credential(variable) && (plain.contains(variable) || shown.iter().any(|part| name.ends_with(part)))
}

/// Reports whether the name of a variable suggests that its value is a credential.
pub(crate) fn suggests_a_credential(variable: &str) -> bool {
    let name = variable.to_ascii_uppercase();
    let secret = ["SECRET", "KEY", "TOKEN", "PASS", "CREDENTIAL", "DATABASE", "DSN", "HMAC"];
    secret.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rstest::rstest;

    use super::EnvValue;

    #[rstest]
    #[case::address("AUTH_URL", "http://auth", true)]
    #[case::address_with_a_password("CACHE_URL", "redis://:canary@cache", false)]
    #[case::address_with_a_path("HOOK_URL", "https://x/canary?a=canary", true)]
    #[case::credential("API_KEY_ID", "canary", false)]
    #[case::not_known("COLOUR", "red", false)]
    #[case::named_by_the_target("CLIENT", "shop", true)]
    fn only_a_harmless_value_is_kept(#[case] variable: &str, #[case] value: &str, #[case] kept: bool) {
        let plain = BTreeSet::from(["CLIENT".to_owned()]);
        let read = EnvValue::literal(variable, value, &plain);
        assert_eq!(matches!(read, EnvValue::Plain(_)), kept);
        assert!(!format!("{read:?}").contains("canary"), "{read:?}");
    }
}
