//! A text that errors may show, and its name. The secrets in it are masked when an error shows it: masking takes longer than
//! parsing, and few texts have a mistake.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use miette::NamedSource;

use crate::document::mask;

/// A text that errors may show.
pub(crate) type Source = Arc<Shown>;

/// A text as it is written, and as errors show it.
pub(crate) struct Shown {
    name: String,
    written: String,
    /// Bytes that are probably a secret, by the message about them.
    hidden: Option<Range<usize>>,
    masked: OnceLock<NamedSource<String>>,
}

/// Returns a text to show in errors. A value in the place of a secret's source is masked unless it is a source.
pub(crate) fn source(name: impl AsRef<str>, text: &str) -> Source {
    Arc::new(Shown { name: name.as_ref().to_owned(), written: text.to_owned(), hidden: None, masked: OnceLock::new() })
}

impl Shown {
    /// Returns the text with these bytes masked too.
    pub(crate) fn hiding(&self, hidden: Range<usize>) -> Source {
        let (name, written) = (self.name.clone(), self.written.clone());
        Arc::new(Self { name, written, hidden: Some(hidden), masked: OnceLock::new() })
    }

    /// Returns the name that errors show for it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns its length in bytes, as written and as shown.
    pub(crate) fn len(&self) -> usize {
        self.written.len()
    }

    /// Reports whether the text starts with this key.
    pub(crate) fn starts_with(&self, key: &str) -> bool {
        self.written.starts_with(key)
    }

    /// Returns the text as errors show it.
    pub(crate) fn masked(&self) -> &NamedSource<String> {
        self.masked.get_or_init(|| {
            let masked = mask::star_out(&mask::mask(&self.written), self.hidden.clone());
            NamedSource::new(&self.name, masked)
        })
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
    fn a_text_is_masked_when_it_is_shown() {
        let text = source("a.toml", "password = 'hunter2'\nid = 'x'");
        assert!(text.masked.get().is_none());
        assert_eq!(text.masked().inner(), "password = '*******'\nid = 'x'");
        assert_eq!(text.hiding(27..28).masked().inner(), "password = '*******'\nid = '*'");
        assert!(!format!("{text:?}").contains("hunter2"));
    }
}
