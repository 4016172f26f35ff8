//! A deployment under test.

use std::path::{Path, PathBuf};

use super::{Error, Scenario};
use crate::config::{self, Overrides, TargetFile};

/// A deployment under test, as a target file describes it.
///
/// Secrets are read when a run starts, not here. Nothing is sent until [`crate::Smoke::run`].
///
/// # Example
/// ```
/// # fn main() -> Result<(), fivewhys::Error> {
/// // FIVEWHYS_TARGET names the target. While it is unset, a test has nothing to do.
/// let Some(target) = fivewhys::Target::from_env()? else { return Ok(()) };
/// println!("testing {}", target.name());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Target(pub(crate) config::Target);

impl Target {
    /// Returns the target that `FIVEWHYS_TARGET` names, or `None` while that variable is unset or empty.
    ///
    /// The file is the one that `FIVEWHYS_CONFIG` names, else `./fivewhys.toml`, else the built-in one. Variables such as
    /// `FIVEWHYS__BUDGET__RUN=30s` override single values.
    ///
    /// # Errors
    /// When the file cannot be read, has a mistake, or has no such target.
    ///
    /// # Example
    /// ```
    /// let target = fivewhys::Target::from_env().expect("the target file has no mistake");
    /// assert_eq!(target.is_some(), std::env::var("FIVEWHYS_TARGET").is_ok_and(|name| !name.is_empty()));
    /// ```
    pub fn from_env() -> Result<Option<Self>, Error> {
        let Some(name) = std::env::var("FIVEWHYS_TARGET").ok().filter(|name| !name.is_empty()) else { return Ok(None) };
        let file = file()?;
        Ok(Some(Self(file.resolve(Some(&name), &Overrides::from_env(&[]))?)))
    }

    /// Returns the default target of the file, or else the first one. Only its name and scenarios are used.
    pub(crate) fn usual() -> Result<Self, Error> {
        let file = file()?;
        let name = file.default_name().or_else(|| file.names().first().copied());
        Ok(Self(file.resolve(name, &Overrides::default())?))
    }

    /// Reads the target `name` of a target file.
    ///
    /// # Errors
    /// When the file cannot be read, has a mistake, or has no such target.
    ///
    /// # Example
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("fivewhys.toml");
    /// std::fs::write(&path, r#"
    ///     [target.staging]
    ///     backend = "https://api.staging.example"
    ///     auth = "https://auth.staging.example"
    ///     signing_secret = "env:JWT_SECRET"
    ///     claims = { iss = "my-auth-service" }
    ///     user.primary = { sub = "e2e-user-001", email = "e2e@example.com" }
    ///     endpoint."backend.health" = { role = "health", path = "/health" }
    /// "#)?;
    /// let target = fivewhys::Target::read(&path, "staging")?;
    /// assert_eq!(target.name(), "staging");
    /// # Ok(())
    /// # }
    /// ```
    pub fn read(path: impl AsRef<Path>, name: &str) -> Result<Self, Error> {
        Ok(Self(TargetFile::read(path.as_ref())?.resolve(Some(name), &Overrides::default())?))
    }

    /// Returns the target's name in its file.
    ///
    /// # Example
    /// ```
    /// # fn main() -> Result<(), fivewhys::Error> {
    /// if let Some(target) = fivewhys::Target::from_env()? {
    ///     assert!(!target.name().is_empty());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Returns the scenarios of this target: the built-in ones, and those of the folder that its key `scenarios` names.
    /// A scenario of the folder replaces a built-in one of the same id.
    ///
    /// # Errors
    /// When the folder or a scenario cannot be read, has a mistake, or names an endpoint or user that the target lacks.
    ///
    /// # Example
    /// ```
    /// # fn main() -> Result<(), fivewhys::Error> {
    /// if let Some(target) = fivewhys::Target::from_env()? {
    ///     assert!(target.scenarios()?.iter().any(|scenario| scenario.id() == "health"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn scenarios(&self) -> Result<Vec<Scenario>, Error> {
        Ok(crate::scenario::of_target(&self.0)?.into_iter().map(Scenario).collect())
    }
}

/// Reads the file that `FIVEWHYS_CONFIG` names, else `./fivewhys.toml`, else the built-in one.
fn file() -> Result<TargetFile, Error> {
    let here = PathBuf::from("fivewhys.toml");
    let path = std::env::var_os("FIVEWHYS_CONFIG").map(PathBuf::from).or_else(|| here.is_file().then_some(here));
    Ok(path.as_deref().map_or_else(TargetFile::embedded, TargetFile::read)?)
}
