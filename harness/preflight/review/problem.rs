//! A problem that a check found, and the table of all checks.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::evidence::EnvValue;
use crate::terms::words;

words! {
    /// How bad a problem is.
    pub enum Severity {
        /// It fails the gate.
        Error => "error",
        /// It is probably wrong.
        Warning => "warning",
        /// It is worth knowing.
        Note => "note",
    }
}

words! {
    /// Every check. `checks.toml` has a row for each.
    pub enum Check {
        RequiredLost => "required-lost",
        RequiredAbsent => "required-absent",
        RequiredBlank => "required-blank",
        EnvironmentReplaced => "environment-replaced",
        TooShort => "too-short",
        ForbiddenValue => "forbidden-value",
        LiteralSecret => "literal-secret",
        PaddedValue => "padded-value",
        IdSuffix => "id-suffix",
        ValueDiffers => "value-differs",
        SharedValueDiffers => "shared-value-differs",
        WebsocketOverH2c => "websocket-over-h2c",
        RevisionNotReady => "revision-not-ready",
        NoTraffic => "no-traffic",
        VariableLost => "variable-lost",
        OptionalBlank => "optional-blank",
        CredentialLiteral => "credential-literal",
        PaddedUnknown => "padded-unknown",
        AliasChanged => "alias-changed",
        SharedValueUnproven => "shared-value-unproven",
        ProxyWithoutException => "proxy-without-exception",
        TrafficSplit => "traffic-split",
        SourceNotRead => "source-not-read",
        ServiceUnknown => "service-unknown",
        AliasShadowed => "alias-shadowed",
        SecretLatest => "secret-latest",
        VariableAdded => "variable-added",
        VariableChanged => "variable-changed",
    }
}

/// A problem. No field holds the value of a variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Problem {
    /// How bad it is.
    pub(crate) severity: Severity,
    /// The check that found it.
    pub(crate) check: Check,
    /// The title of the check.
    pub(crate) title: &'static str,
    /// The service that has it.
    pub(crate) service: String,
    /// The variable, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) variable: Option<String>,
    /// What is wrong.
    pub(crate) says: String,
    /// The fault that it causes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fault: Option<FaultRef>,
    /// The command or the edit that repairs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repair: Option<String>,
    /// The variables that the repair sets. One command may set those of several problems.
    #[serde(skip)]
    pub(crate) sets: Vec<Setting>,
}

/// A variable to set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) variable: String,
    /// The secret to refer to, if it is known.
    pub(crate) secret: Option<EnvValue>,
    /// Whether the value is a secret.
    pub(crate) is_secret: bool,
    /// Whether the manifest holds it as a literal now.
    pub(crate) is_literal: bool,
    /// The literal value to write, if it is harmless by the name of the variable. `None`: a placeholder is written.
    pub(crate) value: Option<String>,
}

/// A fault of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct FaultRef {
    /// Its id.
    pub(crate) id: String,
    /// Its title.
    pub(crate) title: String,
}

/// One row of the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) severity: Severity,
    pub(crate) title: String,
    /// The fault that the problem causes, by service.
    #[serde(default)]
    pub(crate) fault: BTreeMap<String, String>,
}

static TABLE: LazyLock<BTreeMap<Check, Row>> =
    LazyLock::new(|| toml::from_str(include_str!("checks.toml")).expect("a test reads the shipped table"));

impl Check {
    /// Returns the row of the table.
    pub(crate) fn row(self) -> &'static Row {
        &TABLE[&self]
    }
}

#[cfg(test)]
mod tests {
    use super::{Check, TABLE};
    use crate::diagnose::Catalogue;

    #[test]
    fn the_table_has_a_row_for_each_check_and_the_catalogue_each_fault() {
        assert!(Check::ALL.iter().all(|check| TABLE.contains_key(check)));
        assert_eq!(TABLE.len(), Check::ALL.len());
        for id in TABLE.values().flat_map(|row| row.fault.values()) {
            assert!(Catalogue::shipped().entry(id).is_some(), "{id}");
        }
    }

    #[test]
    fn the_page_for_users_lists_each_check() {
        let page = include_str!("../../../docs/users/preflight.md");
        for (check, row) in &*TABLE {
            let line = format!("| `{check}` | {} | {} |", row.severity, row.title);
            assert!(page.contains(&line), "docs/users/preflight.md lacks the line\n{line}");
        }
    }
}
