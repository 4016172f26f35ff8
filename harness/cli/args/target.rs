//! Which target, from which file, with which overrides. Shared by all subcommands that need a target.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use miette::miette;

use crate::cli::args::env_file;
use crate::cli::terminal::mistake::Mistake;
use crate::config::{Overrides, Target, TargetFile};
use crate::diagnose::Catalogue;
use crate::document::ConfigError;
use crate::terms::EvidenceSource;

/// The target of the built-in file that is the twin.
const OFFLINE: &str = "offline";

/// Options that select a target.
#[derive(Debug, Args)]
pub(crate) struct TargetArgs {
    /// The target file [default: ./fivewhys.toml, or else the built-in file]
    #[arg(long, global = true, value_name = "FILE", env = "FIVEWHYS_CONFIG")]
    config: Option<PathBuf>,
    /// The name of the target [default: `default` in the target file]
    #[arg(long, short, global = true, value_name = "NAME", env = "FIVEWHYS_TARGET")]
    target: Vec<String>,
    /// Set a value of the target, for example `budget.run=30s`; may be repeated
    #[arg(long, global = true, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Read variables for secrets and overrides from lines NAME=value of this file; those of the environment win; may be
    /// repeated
    #[arg(long, global = true, value_name = "FILE")]
    env_file: Vec<PathBuf>,
    /// Use only these sources of evidence, out of those that the target grants; `edge` is always used
    #[arg(long, global = true, value_name = "SOURCE,…", alias = "doors", value_delimiter = ',')]
    evidence: Option<Vec<EvidenceSource>>,
    /// A file with faults, in addition to the built-in catalogue and that of the target; may be repeated
    #[arg(long, global = true, value_name = "FILE")]
    catalogue: Vec<PathBuf>,
}

impl TargetArgs {
    /// Adds the variables of the files that `--env-file` names.
    pub(crate) fn read_env_files(&self) -> Result<(), Mistake> {
        env_file::add(&self.env_file)
    }

    /// Returns the built-in catalogue with the files of the target and of the command line.
    pub(crate) fn catalogue(&self, target: &Target) -> Result<Arc<Catalogue>, Mistake> {
        Ok(Catalogue::with(&[target.catalogue.as_slice(), &self.catalogue].concat())?.fits(target)?)
    }

    /// Returns the sources of evidence that the command line names.
    pub(crate) fn evidence_sources(&self) -> Option<&[EvidenceSource]> {
        self.evidence.as_deref()
    }

    /// Returns the catalogue files that the command line names.
    pub(crate) fn catalogue_files(&self) -> &[PathBuf] {
        &self.catalogue
    }

    /// Returns the target file, if there is one, and whether the command line names it.
    pub(crate) fn file_path(&self) -> (Option<PathBuf>, bool) {
        let here = PathBuf::from("fivewhys.toml");
        (self.config.clone().or_else(|| Some(here).filter(|here| here.is_file())), self.config.is_some())
    }

    /// Reports whether the command line or the environment names a target or a target file.
    pub(crate) const fn is_named(&self) -> bool {
        self.config.is_some() || !self.target.is_empty()
    }

    /// Refuses several targets, for a command that has one.
    pub(crate) fn refuse_several(&self) -> Result<(), Mistake> {
        match self.target.as_slice() {
            [] | [_] => Ok(()),
            [first, ..] => {
                let help = format!("name one, for example --target {first}; `fivewhys watch` takes several");
                Err(miette!(help = help, "this command has one target, and `--target` names {}", self.target.len())
                    .into())
            }
        }
    }

    /// Returns every target that the command line names, or else the default one.
    #[cfg(feature = "watch")]
    pub(crate) fn resolve_each(&self) -> Result<Vec<Target>, Mistake> {
        if let Some(twice) = self.target.iter().enumerate().find(|(n, name)| self.target[..*n].contains(name)) {
            return Err(miette!("`--target` names `{}` twice", twice.1).into());
        }
        match self.target.is_empty() {
            true => Ok(vec![self.resolve()?]),
            false => self.target.iter().map(|name| self.resolve_named(Some(name))).collect(),
        }
    }

    /// Returns the target file, or the built-in one.
    pub(crate) fn file(&self) -> Result<TargetFile, Mistake> {
        Ok(match self.file_path().0 {
            Some(path) => TargetFile::read(&path)?,
            None => TargetFile::embedded()?,
        })
    }

    /// Returns the name of the target on the command line.
    #[cfg(feature = "twin")]
    pub(crate) fn name(&self) -> Option<&str> {
        self.named()
    }

    fn named(&self) -> Option<&str> {
        self.target.first().map(String::as_str)
    }

    /// Returns the target file and the name of the target in it. The twin of the built-in file is a target of every file
    /// that has none of its name.
    fn file_with<'n>(&self, name: Option<&'n str>) -> Result<(TargetFile, Option<&'n str>), Mistake> {
        let file = self.file()?;
        let is_the_twin = name == Some(OFFLINE) && !file.names().contains(&OFFLINE);
        Ok((if is_the_twin { TargetFile::embedded()? } else { file }, name))
    }

    /// Refuses a target with values that `fivewhys init` left to fill in, unless an override sets them.
    pub(crate) fn refuse_unfilled(&self, target: &Target) -> Result<(), Mistake> {
        let (file, _) = self.file_with(Some(&target.name))?;
        let overrides = self.overrides();
        let set = |key: &str| overrides.sets(key);
        match file.unfilled(&target.name, &set).filter(|_| !target.twin) {
            Some(mistake) => Err(mistake.into()),
            None => Ok(()),
        }
    }

    /// Returns the target with all overrides.
    pub(crate) fn resolve(&self) -> Result<Target, Mistake> {
        self.resolve_for(None)
    }

    /// Returns the target with all overrides. If the command line names none, `otherwise` is used instead of the
    /// default of the file.
    pub(crate) fn resolve_for(&self, otherwise: Option<&str>) -> Result<Target, Mistake> {
        self.resolve_named(self.named().or(otherwise))
    }

    fn resolve_named(&self, name: Option<&str>) -> Result<Target, Mistake> {
        let (file, name) = self.file_with(name)?;
        if let Some(unknown) = name.filter(|name| !file.names().contains(name)) {
            return Err(self.lacks(&file, unknown).into());
        }
        let mut target = file.resolve(name, &self.overrides())?;
        if let Some(evidence_sources) = &self.evidence {
            target.close_evidence_sources_except(evidence_sources);
        }
        Ok(target)
    }

    /// Returns the mistake of a target file that lacks a target. A report or a recording names a target too.
    fn lacks(&self, file: &TargetFile, name: &str) -> ConfigError {
        let known = file.known(name);
        let help = match (self.named(), &self.config) {
            (None, _) => {
                format!("the evidence is of a run with this target: give its target file, `--config FILE`; {known}")
            }
            (Some(_), None) => format!("{known}; `--config FILE` names another target file"),
            (Some(_), Some(_)) => known,
        };
        ConfigError::new(format!("there is no target `{name}` in {}", file.source_name())).help(help)
    }

    /// Returns the target that the command line names, or else the default or the only one of the file. It may be
    /// marked `production`, since `check` sends nothing.
    pub(crate) fn pick(&self, file: &TargetFile) -> Result<Target, ConfigError> {
        let names = file.names();
        let only = names.first().copied().filter(|_| names.len() == 1);
        file.resolve(self.named().or_else(|| file.default_name()).or(only), &self.overrides())
    }

    fn overrides(&self) -> Overrides {
        Overrides::from_env(&self.set)
    }
}
