//! What is driven.

use std::path::Path;

use super::Error;
use crate::scenario::{embedded, read_dir};

/// Steps that a run drives in order, with what each must come to. One TOML file each.
///
/// # Example
/// ```
/// let chat = fivewhys::Scenario::shipped("chat-stream").expect("it is built in");
/// assert_eq!(chat.id(), "chat-stream");
/// ```
#[derive(Debug, Clone)]
pub struct Scenario(pub(crate) crate::scenario::Scenario);

impl Scenario {
    /// Returns the built-in scenario of this id.
    ///
    /// # Errors
    /// When there is none. The error lists the ids.
    ///
    /// # Example
    /// ```
    /// assert!(fivewhys::Scenario::shipped("health").is_ok());
    /// ```
    pub fn shipped(id: &str) -> Result<Self, Error> {
        let all = embedded()?;
        let known = all.iter().map(|scenario| scenario.id.as_str()).collect::<Vec<_>>().join(", ");
        let found = all.into_iter().find(|scenario| scenario.id == id).map(Self);
        found.ok_or_else(|| Error::message(format!("there is no built-in scenario `{id}`; there are {known}")))
    }

    /// Reads every scenario (`*.toml`) of a folder, by name.
    ///
    /// # Errors
    /// When the folder or a file cannot be read, holds no scenario, or has a mistake.
    ///
    /// # Example
    /// ```
    /// let scenarios = fivewhys::Scenario::read_dir("scenarios").expect("the folder holds scenarios");
    /// assert!(scenarios.iter().any(|scenario| scenario.id() == "threads"));
    /// ```
    pub fn read_dir(folder: impl AsRef<Path>) -> Result<Vec<Self>, Error> {
        Ok(read_dir(folder.as_ref())?.into_iter().map(Self).collect())
    }

    /// Parses the text of one scenario. Its id is `id`.
    ///
    /// # Errors
    /// With the first mistake in the text.
    ///
    /// # Example
    /// ```
    /// let up = fivewhys::Scenario::parse("up", r#"
    ///     title = "The backend answers"
    ///     [[step]]
    ///     id = "health"
    ///     call = "backend.health"
    ///     token = "none"
    ///     expect.status = 200
    /// "#).expect("it has no mistake");
    /// assert_eq!(up.title(), "The backend answers");
    /// ```
    pub fn parse(id: &str, text: &str) -> Result<Self, Error> {
        Ok(Self(crate::scenario::Scenario::parse(&format!("{id}.toml"), text)?))
    }

    /// Returns the id: the name of the file without `.toml`.
    ///
    /// # Example
    /// ```
    /// assert_eq!(fivewhys::Scenario::shipped("health").unwrap().id(), "health");
    /// ```
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Returns the title: what the scenario proves.
    ///
    /// # Example
    /// ```
    /// assert!(!fivewhys::Scenario::shipped("health").unwrap().title().is_empty());
    /// ```
    #[must_use]
    pub fn title(&self) -> &str {
        &self.0.title
    }
}
