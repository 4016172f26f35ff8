//! Which target, from which file, with what laid over it. Shared by all subcommands that need one.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use crate::cli::terminal::mistake::Mistake;
use crate::config::{Overrides, Target, TargetFile};
use crate::diagnose::Catalogue;
use crate::document::ConfigError;
use crate::terms::EvidenceSource;

/// Options that pick a target.
#[derive(Debug, Args)]
pub(crate) struct TargetArgs {
    /// The target file [default: ./fivewhys.toml, or else the one built in]
    #[arg(long, global = true, value_name = "FILE", env = "FIVEWHYS_CONFIG")]
    config: Option<PathBuf>,
    /// The target [default: the file's `default`]
    #[arg(long, short, global = true, value_name = "NAME", env = "FIVEWHYS_TARGET")]
    target: Option<String>,
    /// Set a value of the target, for example `budget.run=30s`; may be repeated
    #[arg(long, global = true, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Use only this evidence, of what the target grants; `edge` is always used
    #[arg(long, global = true, value_name = "SOURCE,…", alias = "doors", value_delimiter = ',')]
    evidence: Option<Vec<EvidenceSource>>,
    /// A file of faults beside the built-in catalogue and the target's own; may be repeated
    #[arg(long, global = true, value_name = "FILE")]
    catalogue: Vec<PathBuf>,
}

impl TargetArgs {
    /// The built-in catalogue with the target's files and those named.
    pub(crate) fn catalogue(&self, target: &Target) -> Result<Arc<Catalogue>, Mistake> {
        Ok(Catalogue::with(&[target.catalogue.as_slice(), &self.catalogue].concat())?)
    }

    /// The evidence that were named.
    pub(crate) fn evidence_sources(&self) -> Option<&[EvidenceSource]> {
        self.evidence.as_deref()
    }

    /// Files of faults that were named.
    pub(crate) fn catalogue_files(&self) -> &[PathBuf] {
        &self.catalogue
    }

    /// The target file, where there is one, and whether it was named.
    pub(crate) fn file_path(&self) -> (Option<PathBuf>, bool) {
        let here = PathBuf::from("fivewhys.toml");
        (self.config.clone().or_else(|| Some(here).filter(|here| here.is_file())), self.config.is_some())
    }

    /// The target, with everything laid over it.
    pub(crate) fn resolve(&self) -> Result<Target, Mistake> {
        self.resolve_for(None)
    }

    /// The same; where none is named, the one of this name instead of the file's default.
    pub(crate) fn resolve_for(&self, otherwise: Option<&str>) -> Result<Target, Mistake> {
        let file = match self.file_path().0 {
            Some(path) => TargetFile::read(&path)?,
            None => TargetFile::embedded()?,
        };
        let mut target = file.resolve(self.target.as_deref().or(otherwise), &self.overrides())?;
        if let Some(evidence_sources) = &self.evidence {
            target.close_evidence_sources_except(evidence_sources);
        }
        Ok(target)
    }

    /// The target of this file that was named, or its default or only one; one marked `production` as well, since nothing is sent to it.
    pub(crate) fn pick(&self, file: &TargetFile) -> Result<Target, ConfigError> {
        let names = file.names();
        let only = names.first().copied().filter(|_| names.len() == 1);
        file.resolve(self.target.as_deref().or_else(|| file.default_name()).or(only), &self.overrides())
    }

    fn overrides(&self) -> Overrides {
        Overrides::new(
            &self.set,
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        )
    }
}
