//! Manifests from files, each `[SERVICE=]FILE`. Shared by `preflight` and `contract`.

use secrecy::ExposeSecret as _;

use crate::cli::args::supplied::{called, text};
use crate::cli::terminal::mistake::Mistake;
use crate::config::Target;
use crate::evidence::{EnvValue, declarations};
use crate::preflight::Subject;
use crate::redact::Redactor;

/// The shortest value that is taken out of the output, in bytes. A shorter one is part of ordinary words.
const SHORTEST: usize = 6;

/// Reads the services of these files. A file that names its service holds one manifest, or one that has its name.
pub(crate) fn subjects(given: &[String], target: &Target) -> Result<Vec<Subject>, Mistake> {
    let mut subjects = Vec::new();
    for given in given {
        let (service, file) = named(given);
        subjects.append(&mut subjects_of(called(file), service, &text(file)?, target)?);
    }
    Ok(subjects)
}

/// Reads the services of a text. Errors show `from`.
pub(crate) fn subjects_of(
    from: &str,
    service: Option<&str>,
    text: &str,
    target: &Target,
) -> Result<Vec<Subject>, Mistake> {
    let read = declarations(from, text, &target.names)?;
    let alone = read.len() == 1;
    let found: Vec<Subject> = read
        .into_iter()
        .map(|one| Subject::of(one, service.filter(|_| alone), &target.names))
        .filter(|one| service.is_none_or(|service| one.service == service))
        .collect();
    if found.is_empty() {
        let service = service.unwrap_or_default();
        return Err(miette::miette!(
            help = "give a file with the manifest of one service, or leave the name out",
            "{from}: it holds several manifests, and none of them is called `{service}`"
        )
        .into());
    }
    Ok(found)
}

/// Splits `SERVICE=FILE`. A path may hold `=` too, after its first slash or dot.
pub(crate) fn named(given: &str) -> (Option<&str>, &str) {
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, '-' | '_'))
    };
    match given.split_once('=') {
        Some((service, file)) if is_name(service) => (Some(service), file),
        _ => (None, given),
    }
}

/// Returns a redactor that knows every literal that may be a secret. The checks print none: this is the second lock.
pub(crate) fn redactor<'s>(subjects: impl Iterator<Item = &'s Subject>) -> Redactor {
    let redactor = Redactor::new();
    register(&redactor, subjects);
    redactor
}

/// Tells a redactor every literal that may be a secret.
pub(crate) fn register<'s>(redactor: &Redactor, subjects: impl Iterator<Item = &'s Subject>) {
    for subject in subjects {
        let declaration = &subject.declaration;
        for (name, literal) in &declaration.literals {
            let is_hidden = matches!(declaration.manifest.env.get(name), Some(EnvValue::Hidden { .. }));
            if is_hidden && literal.expose_secret().trim().len() >= SHORTEST {
                redactor.register_secret(name, literal);
            }
        }
    }
}
