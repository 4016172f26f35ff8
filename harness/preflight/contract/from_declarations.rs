//! Writes the contract of services that work: what they set is required, and what refers to a secret is a secret.

use std::collections::BTreeMap;

use serde::Serialize;

use super::requirement::key_of;
use super::{Contract, Requirement, Requirements, Shared};
use crate::evidence::EnvValue;
use crate::preflight::input::Subject;

/// The table `[service]` of a contract file.
#[derive(Serialize)]
struct Written<'a> {
    service: &'a BTreeMap<String, Requirements>,
}

const HEAD: &str = "# What each service requires of its environment, written by `fivewhys contract`.
# `names`: the names that the code reads; the first that is set wins. docs/users/preflight.md explains every key.

";

/// Returns the text of a contract file. `known` adds what the target says about a variable.
///
/// # Errors
/// When a name cannot be written in TOML.
pub(crate) fn written(subjects: &[Subject], known: &Contract) -> Result<String, toml::ser::Error> {
    let mut service: BTreeMap<String, Requirements> =
        subjects.iter().map(|subject| (subject.service.clone(), requirements(subject, known))).collect();
    for subject in subjects {
        for (key, link) in shared(subject, subjects, &service) {
            let requirement = service.get_mut(&subject.service).and_then(|of| of.get_mut(&key));
            requirement.into_iter().for_each(|one| one.must_equal = Some(link.clone()));
        }
    }
    for links_to_nothing in unlinked(&service) {
        let requirement = service.get_mut(&links_to_nothing.0).and_then(|of| of.get_mut(&links_to_nothing.1));
        requirement.into_iter().for_each(|one| one.must_equal = None);
    }
    text(&service)
}

/// Returns the text of a contract file.
pub(super) fn text(service: &BTreeMap<String, Requirements>) -> Result<String, toml::ser::Error> {
    Ok(HEAD.to_owned() + &toml::to_string(&Written { service })?)
}

fn requirements(subject: &Subject, known: &Contract) -> Requirements {
    let manifest = &subject.declaration.manifest;
    let mut requirements = Requirements::new();
    for (key, requirement) in known.of(&subject.service) {
        let read = requirement.read(manifest);
        let is_reference = matches!(read, Some((_, EnvValue::Secret { .. })));
        if read.is_some() || !requirement.required {
            let secret = requirement.secret || is_reference;
            requirements.insert(key.to_owned(), Requirement { secret, ..requirement.clone() });
        }
    }
    for (name, value) in &manifest.env {
        if value.is_empty() || known.knows(&subject.service, name).is_some() {
            continue;
        }
        let secret = matches!(value, EnvValue::Secret { .. });
        let requirement = Requirement { names: vec![name.clone()], required: true, secret, ..Requirement::default() };
        requirements.insert(key_of(name), requirement);
    }
    requirements
}

/// Returns the variables of a service that refer to the same version of the same secret as another service does, each
/// with the first such variable of a service that comes later.
fn shared(subject: &Subject, all: &[Subject], written: &BTreeMap<String, Requirements>) -> Vec<(String, Shared)> {
    let own = written.get(&subject.service).into_iter().flatten();
    let later = || all.iter().skip_while(|one| one.service != subject.service).skip(1);
    let one = |(key, requirement): (&String, &Requirement)| {
        let (_, value) = requirement.read(&subject.declaration.manifest)?;
        let is_same = |there: &Subject, other: &Requirement| {
            matches!(value, EnvValue::Secret { .. })
                && other.read(&there.declaration.manifest).is_some_and(|(_, same)| same == value)
        };
        let link = later().find_map(|there| {
            let (variable, _) = written.get(&there.service)?.iter().find(|(_, other)| is_same(there, other))?;
            Some(Shared { service: there.service.clone(), variable: variable.clone() })
        })?;
        Some((key.clone(), link))
    };
    own.filter_map(one).collect()
}

/// Returns the variables that must equal one that is not written.
fn unlinked(written: &BTreeMap<String, Requirements>) -> Vec<(String, String)> {
    let exists = |link: &Shared| written.get(&link.service).is_some_and(|of| of.contains_key(&link.variable));
    let of = |(service, of): (&String, &Requirements)| {
        let lost = of.iter().filter(|(_, one)| one.must_equal.as_ref().is_some_and(|link| !exists(link)));
        lost.map(|(key, _)| (service.clone(), key.clone())).collect::<Vec<_>>()
    };
    written.iter().flat_map(of).collect()
}
