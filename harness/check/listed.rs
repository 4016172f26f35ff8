//! The files to check, each read once.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::Checked;
use super::kind::Kind;
use crate::diagnose::matching;
use crate::document::{self, ConfigError};

/// Files with their kind.
#[derive(Default)]
pub(super) struct Listed {
    files: Vec<(Kind, Text)>,
    /// The canonical paths of these files.
    known: HashSet<PathBuf>,
}

/// A file that was read, and its canonical path.
type Read = (Text, Option<PathBuf>);

/// The text of a file that was read.
#[derive(Clone)]
pub(super) struct Text {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

impl Text {
    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }
}

impl Listed {
    /// Reads these files, and every `*.toml` of these folders.
    pub(super) fn of(paths: &[PathBuf], checked: &mut Checked) -> Self {
        let mut listed = Self::default();
        for path in paths {
            if path.is_dir() { listed.add_folder(path, checked) } else { listed.add(path, checked) }
        }
        listed
    }

    /// Returns the files of one kind, in the order given.
    pub(super) fn each(&self, kind: Kind) -> impl Iterator<Item = &Text> {
        self.files.iter().filter(move |(own, _)| *own == kind).map(|(_, text)| text)
    }

    /// Returns every file.
    pub(super) fn texts(&self) -> impl Iterator<Item = &Text> {
        self.files.iter().map(|(_, text)| text)
    }

    /// Adds a file that the user named. It must be of a known kind.
    pub(super) fn add(&mut self, path: &Path, checked: &mut Checked) {
        if let Some(read) = self.read(path, checked) {
            match Kind::of(&read.0.text) {
                Some(kind) => self.keep(kind, read),
                None => checked.mistakes.push(unknown_kind(path)),
            }
        }
    }

    /// Adds the catalogue files that targets name.
    pub(super) fn add_faults(&mut self, patterns: &[PathBuf], checked: &mut Checked) {
        for pattern in patterns {
            match matching(pattern) {
                Ok(paths) => paths.iter().for_each(|path| {
                    let read = self.read(path, checked);
                    read.into_iter().for_each(|read| self.keep(Kind::Catalogue, read));
                }),
                Err(mistake) => checked.mistakes.push(mistake),
            }
        }
    }

    /// Adds every `*.toml` of a folder.
    pub(super) fn add_folder(&mut self, folder: &Path, checked: &mut Checked) {
        let entries =
            fs::read_dir(folder).and_then(|all| all.map(|one| Ok(one?.path())).collect::<Result<Vec<_>, _>>());
        let mut paths = match entries {
            Ok(paths) => paths,
            Err(error) => return checked.mistakes.push(unreadable(folder, &error)),
        };
        paths.retain(|path| path.is_file() && path.extension().is_some_and(|extension| extension == "toml"));
        paths.sort();
        if paths.is_empty() {
            checked.mistakes.push(ConfigError::new(format!("there is no file (*.toml) in {}", folder.display())));
        }
        for path in paths {
            let Some(read) = self.read(&path, checked) else { continue };
            match Kind::of(&read.0.text) {
                Some(kind) => self.keep(kind, read),
                None => checked.left.push(path),
            }
        }
    }

    /// Returns `None` for a file that is already listed or cannot be read.
    fn read(&self, path: &Path, checked: &mut Checked) -> Option<Read> {
        let canonical = path.canonicalize().ok();
        if canonical.as_ref().is_some_and(|canonical| self.known.contains(canonical)) {
            return None;
        }
        match document::read(path) {
            Ok(text) => Some((Text { path: path.to_owned(), text }, canonical)),
            Err(error) => {
                checked.mistakes.push(unreadable(path, &error));
                None
            }
        }
    }

    fn keep(&mut self, kind: Kind, (text, canonical): Read) {
        self.known.extend(canonical);
        self.files.push((kind, text));
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> ConfigError {
    ConfigError::new(format!("cannot read {}: {error}", path.display()))
}

fn unknown_kind(path: &Path) -> ConfigError {
    let message = format!("{} is not a target file, a scenario or a catalogue file", path.display());
    ConfigError::new(message)
        .help("a target file has `[target.NAME]`, a scenario `[[step]]`, a catalogue file `[[fault]]`")
}
