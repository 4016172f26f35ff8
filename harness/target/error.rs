//! What is wrong with a file or an override, and where. Sits in `target`; `scenario` reports with it too.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};

use super::{mask, suggest};

/// A text with the name it is shown under.
pub(crate) type Source = Arc<NamedSource<String>>;

/// Begins the message of a value that is probably the secret itself: such a value is masked in the shown line.
pub(crate) const NOT_A_SECRET_SOURCE: &str = "a secret is not written here but named";

/// A mistake in a configuration text: what, where (file, line, column, caret), and what would be right.
#[derive(Clone)]
pub struct ConfigError(Box<Mistake>);

#[derive(Clone)]
struct Mistake {
    message: String,
    source: Option<Source>,
    span: Option<Range<usize>>,
    help: Option<String>,
}

/// A text to be shown in errors. What stands where the source of a secret belongs, and is none, is starred out in it.
pub(crate) fn source(name: impl AsRef<str>, text: &str) -> Source {
    Arc::new(NamedSource::new(name, mask::mask(text)))
}

impl ConfigError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Mistake { message: message.into(), source: None, span: None, help: None }))
    }

    pub(crate) fn at(mut self, source: &Source, span: Range<usize>) -> Self {
        self.0.source = Some(Arc::clone(source));
        self.0.span = Some(clamp(span, source.inner().len()));
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// A TOML or schema error, with the unknown name and the nearest known one in words of their own.
    pub(crate) fn from_toml(source: &Source, error: &toml::de::Error) -> Self {
        let span = error.span().unwrap_or(0..0);
        Self::from_message(error.message()).at(&Self::masked(source, &span, error.message()), span)
    }

    pub(crate) fn from_message(message: &str) -> Self {
        let (message, help) = suggest::in_our_words(message);
        Self(Box::new(Mistake { message, source: None, span: None, help }))
    }

    /// The source, with the bytes of what may be a secret starred out.
    pub(crate) fn masked(text: &Source, span: &Range<usize>, message: &str) -> Source {
        if !message.starts_with(NOT_A_SECRET_SOURCE) {
            return Arc::clone(text);
        }
        let span = clamp(span.clone(), text.inner().len());
        Arc::new(NamedSource::new(text.name(), mask::star_out(text.inner(), [span])))
    }

    /// The byte it is at in its text; 0 where it is at none.
    pub(crate) fn offset(&self) -> usize {
        self.0.span.as_ref().map_or(0, |span| span.start)
    }

    /// Whether it is in this text.
    pub(crate) fn is_in(&self, source: &Source) -> bool {
        self.0.source.as_ref().is_some_and(|own| own.name() == source.name())
    }

    /// The message alone, one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

/// A range that can be cut out of any text of this length. TOML spans lie on character boundaries.
fn clamp(span: Range<usize>, length: usize) -> Range<usize> {
    span.start.min(length)..span.end.clamp(span.start.min(length), length)
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigError")
            .field("message", &self.0.message)
            .field("help", &self.0.help)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for ConfigError {}

impl Diagnostic for ConfigError {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new("fivewhys::config"))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.0.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.0.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.0.span.clone()?;
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(Some("here".to_owned()), span))))
    }
}

#[cfg(test)]
#[path = "mistakes_tests.rs"]
mod tests;
