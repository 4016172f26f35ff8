//! A text that errors can point into. It is masked when the first error shows it: most texts have none.

use std::fmt;
use std::sync::{Arc, OnceLock};

use miette::NamedSource;

use crate::document::mask;

/// A text and the name that errors show for it.
pub(crate) type Source = Arc<Shown>;

/// A text, its name, and what an error may show of it.
pub(crate) struct Shown {
    name: String,
    text: String,
    masked: OnceLock<NamedSource<String>>,
}

/// Returns a text to show in errors. A value in the place of a secret's source is masked unless it is a source.
pub(crate) fn source(name: impl AsRef<str>, text: &str) -> Source {
    Arc::new(Shown { name: name.as_ref().to_owned(), text: text.to_owned(), masked: OnceLock::new() })
}

impl Shown {
    /// Returns a text that is masked already.
    pub(crate) fn already_masked(name: &str, text: String) -> Source {
        let masked = OnceLock::from(NamedSource::new(name, text.clone()));
        Arc::new(Self { name: name.to_owned(), text, masked })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the text as it was written. It may hold a secret.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the text as an error shows it. Byte offsets and lines are those of the text.
    pub(crate) fn masked(&self) -> &NamedSource<String> {
        self.masked.get_or_init(|| NamedSource::new(&self.name, mask::mask(&self.text)))
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shown").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::source;

    #[test]
    fn a_text_is_masked_when_it_is_shown_and_never_in_debug_output() {
        let text = source("a.toml", "signing_secret = \"hunter2\"");
        assert!(text.masked.get().is_none());
        assert!(!text.masked().inner().contains("hunter2") && !format!("{text:?}").contains("hunter2"));
    }
}
