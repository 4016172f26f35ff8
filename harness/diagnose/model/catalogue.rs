//! The catalogue: every fault that can be named, with what it predicts.
//!
//! The data are TOML files, one for each hop, in `faults/`, and the files that a target adds. The engine knows no fault
//! by name.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, OnceLock};

use crate::config::Target;
use crate::diagnose::model::fault::Fault;
use crate::diagnose::model::load;
use crate::diagnose::model::load::Written;
use crate::diagnose::model::named_endpoint::{self, NamedEndpoint};
use crate::document::{self, ConfigError};

/// A catalogue of faults. The built-in one is read when it is first asked for a fault: a run whose steps pass needs none.
#[derive(Debug)]
pub struct Catalogue {
    faults: OnceLock<Vec<Fault>>,
    /// The endpoints that entries of files name, with their places.
    pub(crate) named: Vec<NamedEndpoint>,
}

const SHIPPED: [(&str, &str); 8] = [
    ("client.toml (built in)", include_str!("../faults/client.toml")),
    ("network.toml (built in)", include_str!("../faults/network.toml")),
    ("edge.toml (built in)", include_str!("../faults/edge.toml")),
    ("backend.toml (built in)", include_str!("../faults/backend.toml")),
    ("backend-auth.toml (built in)", include_str!("../faults/backend-auth.toml")),
    ("auth.toml (built in)", include_str!("../faults/auth.toml")),
    ("data.toml (built in)", include_str!("../faults/data.toml")),
    ("agents.toml (built in)", include_str!("../faults/agents.toml")),
];

static BUILT_IN: LazyLock<Arc<Catalogue>> =
    LazyLock::new(|| Arc::new(Catalogue { faults: OnceLock::new(), named: Vec::new() }));

impl Catalogue {
    /// Returns the built-in catalogue.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &BUILT_IN
    }

    /// Returns the built-in catalogue for a caller that may also hold another one.
    #[must_use]
    pub fn shipped_shared() -> Arc<Self> {
        Arc::clone(&BUILT_IN)
    }

    /// Returns the built-in catalogue with the entries of these files. A path may be a pattern such as `faults/*.toml`.
    ///
    /// # Errors
    /// When a file cannot be read, when a pattern matches no file, or with the first mistake in a file.
    /// Mistakes are an id that exists already without `replaces = true`, an unknown key, word, fact or set, and an
    /// invalid regular expression.
    pub fn with(patterns: &[PathBuf]) -> Result<Arc<Self>, ConfigError> {
        if patterns.is_empty() {
            return Ok(Self::shipped_shared());
        }
        let read = |path: &PathBuf| match document::read(path) {
            Ok(text) => Ok((path.display().to_string(), text)),
            Err(error) => Err(ConfigError::new(format!("cannot read the catalogue file {}: {error}", path.display()))),
        };
        let paths: Vec<PathBuf> =
            patterns.iter().map(|pattern| matching(pattern)).collect::<Result<Vec<_>, _>>()?.concat();
        let texts: Vec<(String, String)> = paths.iter().map(read).collect::<Result<_, _>>()?;
        Self::of(&texts).map(Arc::new)
    }

    #[cfg(test)]
    pub(crate) fn of_faults(faults: Vec<Fault>) -> Self {
        Self { faults: OnceLock::from(faults), named: Vec::new() }
    }

    /// Returns every fault, in the order of the files.
    pub(crate) fn faults(&self) -> &[Fault] {
        self.faults.get_or_init(|| Self::read(&[]).expect("the shipped catalogue is read by a test").0)
    }

    /// Returns the built-in entries and those of more files, given as name and text.
    pub(crate) fn of(more: &[(String, String)]) -> Result<Self, ConfigError> {
        let (faults, named) = Self::read(more)?;
        Ok(Self { faults: OnceLock::from(faults), named })
    }

    fn read(more: &[(String, String)]) -> Result<(Vec<Fault>, Vec<NamedEndpoint>), ConfigError> {
        let (mut faults, mut named): (Vec<Fault>, Vec<NamedEndpoint>) = Default::default();
        let ours = SHIPPED.into_iter().map(|(name, text)| load::parse_built_in(name, text));
        for file in ours.chain(more.iter().map(|(name, text)| load::parse(name, text))) {
            for written in file? {
                named.extend(named_endpoint::of(&written));
                add(&mut faults, written)?;
            }
        }
        Ok((faults, named))
    }

    /// Checks that the target has the endpoints that entries name, and finds their places.
    ///
    /// # Errors
    /// With the place of the first that it lacks.
    pub(crate) fn fits(self: Arc<Self>, target: &Target) -> Result<Arc<Self>, ConfigError> {
        if let Some(mistake) = self.named.iter().find_map(|one| one.mistake(target)) {
            return Err(mistake);
        }
        if !self.named.is_empty() {
            self.faults().iter().for_each(|fault| fault.find_endpoints(target));
        }
        Ok(self)
    }

    /// Returns how many entries these files have, given as name and text, and every mistake in them.
    /// They are checked as additions to the built-in entries, and against the endpoints of the target if there is one.
    pub(crate) fn check(more: &[(String, String)], target: Option<&Target>) -> (usize, Vec<ConfigError>) {
        let mut faults: Vec<Fault> = Vec::new();
        let of_ours = |(name, text)| load::parse_built_in(name, text).unwrap_or_default();
        let ours = SHIPPED.into_iter().flat_map(of_ours);
        let mut mistakes: Vec<ConfigError> = ours.filter_map(|written| add(&mut faults, written).err()).collect();
        let mut entries = 0;
        for (name, text) in more {
            let (written, wrong) = load::parse_all(name, text);
            mistakes.extend(wrong);
            entries += written.len();
            let named = written.iter().flat_map(named_endpoint::of);
            mistakes.extend(named.filter_map(|one| one.mistake(target?)));
            mistakes.extend(written.into_iter().filter_map(|written| add(&mut faults, written).err()));
        }
        (entries, mistakes)
    }

    /// Returns every id, in the order of the files.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.faults().iter().map(|fault| fault.id.as_str())
    }
}

fn add(faults: &mut Vec<Fault>, written: Written) -> Result<(), ConfigError> {
    let id = &written.fault.id;
    match (faults.iter().position(|fault| fault.id == *id), written.fault.replaces) {
        (Some(at), true) => faults[at] = written.fault,
        (None, false) => faults.push(written.fault),
        (Some(_), false) => {
            let message = format!("the catalogue already has an entry `{id}`");
            return Err(ConfigError::new(message)
                .at(&written.source, written.id)
                .help("`replaces = true` replaces it"));
        }
        (None, true) => {
            let message = format!("`{id}` says `replaces = true`, but the catalogue has no entry with this id");
            return Err(ConfigError::new(message).at(&written.source, written.id));
        }
    }
    Ok(())
}

/// Returns the files that a pattern matches, by name. A path without `*`, `?` or `[` is that file.
pub(crate) fn matching(pattern: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    let text = pattern.to_string_lossy();
    if !text.contains(['*', '?', '[']) {
        return Ok(vec![pattern.to_owned()]);
    }
    let flawed = |why: &str| ConfigError::new(format!("`{text}` is not a valid file pattern: {why}"));
    let found = glob::glob(&text).map_err(|error| flawed(error.msg))?;
    let paths: Vec<PathBuf> = found.filter_map(Result::ok).collect();
    if paths.is_empty() {
        return Err(ConfigError::new(format!("no catalogue file matches `{text}`")));
    }
    Ok(paths)
}
