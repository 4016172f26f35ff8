//! A mistake in a file or an override, with its place.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, SourceCode};

use crate::document::shown::Source;
use crate::document::suggest;

/// The start of the message about a value that is probably a secret. Such a value is masked in the shown line.
pub(crate) const NOT_A_SECRET_SOURCE: &str = "write the source of the secret here, not the secret";

/// A mistake in a configuration text: a message, its place (file, line, column, caret), and what would be right.
#[derive(Clone)]
pub struct ConfigError(Box<Mistake>);

#[derive(Clone)]
struct Mistake {
    message: String,
    source: Option<Source>,
    span: Option<Range<usize>>,
    help: Option<String>,
}

impl ConfigError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Mistake { message: message.into(), source: None, span: None, help: None }))
    }

    pub(crate) fn at(mut self, source: &Source, span: Range<usize>) -> Self {
        self.0.source = Some(Arc::clone(source));
        self.0.span = Some(clamp(span, source.len()));
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Converts a TOML or schema error. The message names an unknown key, and the help names the nearest known one.
    pub(crate) fn from_toml(source: &Source, error: &toml::de::Error) -> Self {
        let span = error.span().unwrap_or(0..0);
        Self::from_message(error.message()).at(&Self::masked(source, &span, error.message()), span)
    }

    pub(crate) fn from_message(message: &str) -> Self {
        let (message, help) = suggest::in_our_words(message);
        Self(Box::new(Mistake { message, source: None, span: None, help }))
    }

    /// Returns the source. Masks the bytes of the span if the message is about a possible secret.
    pub(crate) fn masked(text: &Source, span: &Range<usize>, message: &str) -> Source {
        if !message.starts_with(NOT_A_SECRET_SOURCE) {
            return Arc::clone(text);
        }
        text.hiding(clamp(span.clone(), text.len()))
    }

    /// Returns the byte offset in its text. Returns 0 for a mistake without a place.
    pub(crate) fn offset(&self) -> usize {
        self.0.span.as_ref().map_or(0, |span| span.start)
    }

    /// Reports whether the mistake is in this text.
    pub(crate) fn is_in(&self, source: &Source) -> bool {
        self.0.source.as_ref().is_some_and(|own| own.name() == source.name())
    }

    /// Returns the message, which is one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

/// Limits a range to a text of this length. TOML spans lie on character boundaries.
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
        self.0.source.as_ref().map(|source| source.masked() as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.0.span.clone()?;
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(Some("here".to_owned()), span))))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use miette::{GraphicalReportHandler, GraphicalTheme};
    use rstest::{Context, rstest};

    use crate::config::{Overrides, TargetFile};
    use crate::document::ConfigError;

    const FILE: &str = r#"default = "one"

[target.one]
backend = "http://backend.example.org"
auth = "https://auth.example.org"
signing_secret = ["env:KEY"]
claims = { iss = "us" }
evidence = ["edge"]
budget.run = "2m"

[target.one.user.ann]
sub = "1"
email = "ann@example.org"

[target.one.endpoint."backend.chat"]
role = "protected"
path = "/chat"
token_locations = ["header"]
identity = "$.user_id"
"#;

    fn plain(error: &ConfigError) -> String {
        let mut shown = String::new();
        let handler = GraphicalReportHandler::new_themed(GraphicalTheme::none()).with_width(100);
        handler.render_report(&mut shown, error).unwrap();
        shown
    }

    fn resolve(text: &str, name: Option<&str>, overrides: &Overrides) -> ConfigError {
        let file = TargetFile::parse("fivewhys.toml", text, Path::new(""));
        file.and_then(|file| file.resolve(name, overrides)).unwrap_err()
    }

    #[rstest]
    #[case::unknown_key("backend =", "bakend =")]
    #[case::unknown_key_far_off("budget.run =", "budget.speed =")]
    #[case::syntax("\"edge\"]", "\"edge\"")]
    #[case::scheme("http://backend", "ftp://backend")]
    #[case::unknown_evidence_source("\"edge\"", "\"edge\", \"window\"")]
    #[case::duration("\"2m\"", "\"2 bananas\"")]
    #[case::json_path("$.user_id", "$.user_id[")]
    #[case::test_header("role =", "headers = { X-E2E-Test = \"true\" }\nrole =")]
    #[case::endpoint_id("backend.chat", "frontend.chat")]
    #[case::no_path("path = ", "method = \"POST\" #")]
    #[case::secret_in_the_file("env:KEY", "canary-of-a-secret")]
    #[case::secret_next_to_a_mistake("[\"env:KEY\"]\nclaims", "\"canary\"\nclams")]
    #[case::no_signing_secret("signing_secret", "#")]
    #[case::wrong_default("default = \"one\"", "default = \"won\"")]
    #[case::token_location("token_locations = [\"header\"]", "token_locations = [\"subprotocol\"]")]
    fn a_mistake_is_shown_where_it_is(#[context] context: Context, #[case] part: &str, #[case] replaced: &str) {
        assert!(FILE.contains(part));
        let shown = plain(&resolve(&FILE.replacen(part, replaced, 1), None, &Overrides::default()));
        assert!(!shown.contains("canary"), "{shown}");
        insta::assert_snapshot!(context.description.unwrap(), shown);
    }

    #[rstest]
    #[case::set_value("budget.run=soon")]
    #[case::set_key("bugdet.run=5s")]
    #[case::set_no_value("budget.run")]
    #[case::set_in_a_list("evidence=[\"edge\", \"widnow\"]")]
    fn a_mistake_in_an_override_is_shown_in_the_override(#[context] context: Context, #[case] set: &str) {
        let shown = plain(&resolve(FILE, None, &Overrides::new(&[set.to_owned()], [])));
        insta::assert_snapshot!(context.description.unwrap(), shown);
    }

    #[test]
    fn a_mistake_in_a_variable_is_shown_in_the_variable() {
        let variable = ("FIVEWHYS__BUDGET__REQUESTS_PER_MINUTE".to_owned(), "many".to_owned());
        insta::assert_snapshot!("variable", plain(&resolve(FILE, None, &Overrides::new(&[], [variable]))));
    }

    #[test]
    fn an_unknown_target_is_answered_with_the_nearest() {
        insta::assert_snapshot!("unknown_target", plain(&resolve(FILE, Some("oen"), &Overrides::default())));
    }
}
