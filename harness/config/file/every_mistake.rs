//! Finds every mistake in a target file, not only the first.

use std::path::{Path, PathBuf};

use crate::config::file::endpoint_layer::EndpointLayer;
use crate::config::file::layer::{AuthText, Layer, WrittenAuth};
use crate::config::file::resolve::Header;
use crate::config::file::{TargetFile, Text, resolve};
use crate::config::{Endpoint, Target};
use crate::document::written::{Entry, OneOrMany};
use crate::document::{ConfigError, Reading, read_on, source};
use crate::terms::Role;

/// An endpoint, and where it is written.
pub(crate) struct PlacedEndpoint {
    pub(crate) endpoint: Endpoint,
    pub(crate) file: String,
    /// The line, from 1.
    pub(crate) line: usize,
}

/// A target file and every mistake in it.
pub(crate) struct CheckedTargets {
    /// The file. `None` when it has a mistake.
    pub(crate) file: Option<TargetFile>,
    /// The number of targets in it.
    pub(crate) targets: usize,
    /// The catalogue files that its targets name.
    pub(crate) catalogue: Vec<PathBuf>,
    /// The endpoints of each target that resolves.
    pub(crate) endpoints: Vec<(Target, Vec<PlacedEndpoint>)>,
    /// The names of targets with values to fill in.
    pub(crate) examples: Vec<String>,
    /// Every mistake, in the order of the text.
    pub(crate) mistakes: Vec<ConfigError>,
}

impl TargetFile {
    /// Reads a target file and resolves every target in it. Unlike [`TargetFile::parse`], it does not stop at the first
    /// mistake.
    pub(crate) fn check(name: &str, text: &str, folder: &Path) -> CheckedTargets {
        let source = source(name, text);
        let Reading { value, mut mistakes, taken_out } =
            read_on::<Text>(text, |flaw| ConfigError::from_toml(&source, flaw));
        let Some(written) = value else {
            let (catalogue, endpoints, examples) = Default::default();
            return CheckedTargets { file: None, targets: 0, catalogue, endpoints, examples, mistakes };
        };
        let tables = toml::from_str(text).unwrap_or_default();
        let file = Self::of(written, tables, source.clone(), folder);
        let mut found: Vec<ConfigError> = file.check_default().err().into_iter().collect();
        let (mut catalogue, mut endpoints, mut examples) = (Vec::new(), Vec::new(), Vec::new());
        for entry in file.targets() {
            let layer = file.written(entry);
            catalogue.extend(layer.catalogue.iter().flat_map(|files| &files.0).cloned());
            examples.extend(file.unfilled(&entry.name, &|_| false).map(|_| entry.name.clone()));
            let header = file.header(entry);
            endpoints.extend(placed(&header, &layer));
            let certificates = of_certificates(&header, layer.clone());
            for mistake in of_target(&header, layer).into_iter().chain(certificates) {
                // A mistake in the defaults appears in every target.
                let known =
                    |other: &ConfigError| other.message() == mistake.message() && other.offset() == mistake.offset();
                if !found.iter().any(known) {
                    found.push(mistake);
                }
            }
        }
        mistakes.extend(Reading::<Text>::own(&taken_out, found, &source));
        mistakes.sort_by_key(ConfigError::offset);
        catalogue.sort();
        catalogue.dedup();
        let targets = file.targets().len();
        CheckedTargets {
            file: Some(file).filter(|_| mistakes.is_empty()),
            targets,
            catalogue,
            endpoints,
            examples,
            mistakes,
        }
    }
}

/// Returns a target and its endpoints with their places, if it resolves.
fn placed(header: &Header<'_>, layer: &Layer) -> Option<(Target, Vec<PlacedEndpoint>)> {
    let target = resolve::target(header, layer.clone()).ok()?;
    let place = |entry: &Entry<EndpointLayer>| {
        let endpoint = target.endpoints.get(&entry.name)?.clone();
        let source = entry.source.as_ref().unwrap_or(header.source);
        let before = source.text().get(..entry.span.start)?;
        Some(PlacedEndpoint { endpoint, file: source.name().to_owned(), line: 1 + before.matches('\n').count() })
    };
    let endpoints = layer.endpoint.0.iter().filter_map(place).collect();
    Some((target, endpoints))
}

/// Reads the certificates of a target.
fn of_certificates(header: &Header<'_>, layer: Layer) -> Option<ConfigError> {
    let access = resolve::target(header, layer).ok()?.access;
    let error =
        access.authorities().err().or_else(|| access.client_certificates().find_map(|one| one.chain().err()))?;
    Some(header.error(format!("the target `{}`: {error}", header.name)))
}

/// Resolves a target repeatedly. Each time it repairs or removes the part with the mistake.
fn of_target(header: &Header<'_>, mut layer: Layer) -> Vec<ConfigError> {
    let mut mistakes = Vec::new();
    while let Err(mistake) = resolve::target(header, layer.clone()) {
        let more = put_right(&mut layer, mistake.offset());
        mistakes.push(mistake);
        if !more {
            break;
        }
    }
    mistakes
}

/// Fills in a missing key, or removes the endpoint, user or objective at this place. Returns whether resolving again is useful.
fn put_right(layer: &mut Layer, at: usize) -> bool {
    let twin = layer.twin.unwrap_or(false);
    if layer.backend.is_none() && !twin {
        layer.backend = Some(resolve::anywhere());
        return true;
    }
    if layer.auth.is_none() && layer.login.origin().is_none() && !twin {
        layer.auth = Some(AuthText(WrittenAuth::At(resolve::anywhere().0)));
        return true;
    }
    let issues_tokens = issues_tokens(layer);
    if layer.signing_secret.is_none() && !twin && !issues_tokens {
        layer.signing_secret = Some(OneOrMany::default());
        return true;
    }
    let (endpoints, users) = (layer.endpoint.0.len(), layer.user.0.len());
    layer.endpoint.0.retain(|entry| entry.span.start != at);
    layer.user.0.retain(|entry| entry.span.start != at);
    let objectives = layer.objectives.0.len();
    layer.objectives.0.retain(|entry| entry.span.start != at);
    if layer.objectives.0.len() < objectives {
        return true;
    }
    let left = (layer.endpoint.0.len(), layer.user.0.len());
    // Without the issuer that had the mistake, the target would seem to lack a key and claims.
    if issues_tokens && !self::issues_tokens(layer) {
        return false;
    }
    left != (endpoints, users) && left.0 > 0 && left.1 > 0
}

/// Reports whether the target says what issues its tokens.
fn issues_tokens(layer: &Layer) -> bool {
    let is_issuer = |entry: &Entry<EndpointLayer>| entry.value.role == Some(Role::Issuer);
    !layer.login.is_empty() || layer.endpoint.0.iter().any(is_issuer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_that_logs_in_lacks_no_key_beside_another_mistake() {
        let text = "[target.a]\nbackend = 'http://a.test'\nauth = 'none'\n[target.a.user.u]\nemail = 'e'\n\
                    [target.a.endpoint.\"backend.login\"]\nrole = 'issuer'\npath = '/l'\nissued_token = '$.t'\n\
                    [target.a.endpoint.\"backend.x\"]\nrole = 'protected'\npath = '/x'\n";
        let checked = TargetFile::check("t.toml", text, Path::new(""));
        let says: Vec<&str> = checked.mistakes.iter().map(ConfigError::message).collect();
        assert!(matches!(says.as_slice(), [one] if one.contains("backend.x")), "{says:?}");
    }
}
