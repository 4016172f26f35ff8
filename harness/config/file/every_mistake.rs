//! Finds every mistake in a target file, not only the first.

use std::path::{Path, PathBuf};

use crate::config::file::layer::Layer;
use crate::config::file::resolve::Header;
use crate::config::file::{TargetFile, Text, resolve};
use crate::document::written::OneOrMany;
use crate::document::{ConfigError, Reading, read_on, source};

/// A target file and every mistake in it.
pub(crate) struct CheckedTargets {
    /// The file. `None` when it has a mistake.
    pub(crate) file: Option<TargetFile>,
    /// The number of targets in it.
    pub(crate) targets: usize,
    /// The catalogue files that its targets name.
    pub(crate) catalogue: Vec<PathBuf>,
    /// The names of targets that still have example addresses.
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
            return CheckedTargets { file: None, targets: 0, catalogue: Vec::new(), examples: Vec::new(), mistakes };
        };
        let tables = toml::from_str(text).unwrap_or_default();
        let file = Self::of(written, tables, source.clone(), folder);
        let mut found: Vec<ConfigError> = file.check_default().err().into_iter().collect();
        let (mut catalogue, mut examples) = (Vec::new(), Vec::new());
        for entry in file.targets() {
            let layer = file.written(entry);
            catalogue.extend(layer.catalogue.iter().flat_map(|files| &files.0).cloned());
            examples.extend(is_an_example(&layer).then(|| entry.name.clone()));
            for mistake in of_target(&file.header(entry), layer) {
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
        CheckedTargets { file: Some(file).filter(|_| mistakes.is_empty()), targets, catalogue, examples, mistakes }
    }
}

/// Reports whether a host is `example.com` (reserved by RFC 2606, section 3), which `fivewhys init` writes.
fn is_an_example(layer: &Layer) -> bool {
    let hosts = [&layer.backend, &layer.auth].into_iter().flatten().filter_map(|url| url.0.host_str());
    hosts.into_iter().any(|host| host == "example.com" || host.ends_with(".example.com"))
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

/// Fills in a missing key, or removes the endpoint or user at this place. Returns whether resolving again is useful.
fn put_right(layer: &mut Layer, at: usize) -> bool {
    let twin = layer.twin.unwrap_or(false);
    let missing = [&mut layer.backend, &mut layer.auth].into_iter().find(|url| url.is_none() && !twin);
    if let Some(url) = missing {
        *url = Some(resolve::anywhere());
        return true;
    }
    if layer.signing_secret.is_none() && !twin {
        layer.signing_secret = Some(OneOrMany::default());
        return true;
    }
    let (endpoints, users) = (layer.endpoint.0.len(), layer.user.0.len());
    layer.endpoint.0.retain(|entry| entry.span.start != at);
    layer.user.0.retain(|entry| entry.span.start != at);
    let left = (layer.endpoint.0.len(), layer.user.0.len());
    left != (endpoints, users) && left.0 > 0 && left.1 > 0
}
