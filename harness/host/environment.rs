//! The environment variables: those of the process and of `--env-file`, and which of them a command must not get, because
//! they hold a secret of the target.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::sync::{Mutex, PoisonError};

/// A shorter value may occur in other variables by chance.
const SHORTEST: usize = 8;

/// The names of all variables that a target of this process names as the source of a secret.
static NAMED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// The variables of env files.
static ADDED: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

/// Adds variables to those of the process. A variable of the process wins unless it is empty.
pub(crate) fn add(variables: Vec<(String, String)>) {
    ADDED.lock().unwrap_or_else(PoisonError::into_inner).extend(variables);
}

/// Returns a variable of the process, or else of an env file.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    let own = std::env::var_os(name);
    let added = || ADDED.lock().unwrap_or_else(PoisonError::into_inner).get(name).map(OsString::from);
    own.clone().filter(|value| !value.is_empty()).or_else(added).or(own)
}

/// Returns the variables of env files that the process does not have.
pub(crate) fn added() -> Vec<(String, OsString)> {
    let names: Vec<String> = ADDED.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect();
    let set = |name: &String| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    names.into_iter().filter(|name| !set(name)).filter_map(|name| Some((name.clone(), variable(&name)?))).collect()
}

/// Returns all variables of the process and of env files.
pub(crate) fn variables() -> Vec<(OsString, OsString)> {
    let added = added();
    let own = std::env::vars_os().filter(|(name, _)| !added.iter().any(|(other, _)| name == other.as_str()));
    let own: Vec<(OsString, OsString)> = own.collect();
    own.into_iter().chain(added.iter().map(|(name, value)| (name.into(), value.clone()))).collect()
}

/// Keeps these variables out of the environment of every command that starts later.
pub(crate) fn withhold<'a>(names: impl IntoIterator<Item = &'a str>) {
    NAMED.lock().unwrap_or_else(PoisonError::into_inner).extend(names.into_iter().map(str::to_owned));
}

/// Returns the variables that a command must not get: the named ones, and every other one that holds the same secret.
pub(crate) fn withheld() -> Vec<OsString> {
    secret(variables(), &NAMED.lock().unwrap_or_else(PoisonError::into_inner))
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
