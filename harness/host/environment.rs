//! Which environment variables a command must not get: those that hold a secret of the target.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::sync::{Mutex, PoisonError};

/// A shorter value may occur in other variables by chance.
const SHORTEST: usize = 8;

/// The names of all variables that a target of this process names as the source of a secret.
static NAMED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Keeps these variables out of the environment of every command that starts later.
pub(crate) fn withhold<'a>(names: impl IntoIterator<Item = &'a str>) {
    NAMED.lock().unwrap_or_else(PoisonError::into_inner).extend(names.into_iter().map(str::to_owned));
}

/// Returns the variables that a command must not get: the named ones, and every other one that holds the same secret.
pub(crate) fn withheld() -> Vec<OsString> {
    secret(std::env::vars_os().collect(), &NAMED.lock().unwrap_or_else(PoisonError::into_inner))
}

fn secret(variables: Vec<(OsString, OsString)>, named: &BTreeSet<String>) -> Vec<OsString> {
    let is_named = |name: &OsStr| name.to_str().is_some_and(|name| named.contains(name));
    let secrets: BTreeSet<Vec<u8>> = variables
        .iter()
        .filter(|(name, _)| is_named(name))
        .map(|(_, value)| value.as_encoded_bytes().trim_ascii().to_vec())
        .filter(|value| value.len() >= SHORTEST)
        .collect();
    let holds = |value: &OsStr| secrets.contains(value.as_encoded_bytes().trim_ascii());
    variables.into_iter().filter(|(name, value)| is_named(name) || holds(value)).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_withheld_under_every_name() {
        let variables = [
            ("JWT_SECRET_STAGING", "a-long-signing-secret"),
            ("JWT_SECRET", " a-long-signing-secret\n"),
            ("SHORT", "true"),
            ("OTHER", "true"),
            ("PATH", "/usr/bin"),
        ];
        let variables = variables.map(|(name, value)| (name.into(), value.into())).to_vec();
        let named = ["JWT_SECRET_STAGING", "SHORT", "UNSET"].map(str::to_owned).into();
        assert_eq!(secret(variables, &named), ["JWT_SECRET_STAGING", "JWT_SECRET", "SHORT"]);
    }
}
