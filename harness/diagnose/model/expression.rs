//! A regular expression of the catalogue. It is compiled when it is first used: compiling them all took two thirds of
//! the CPU time of a short run, and few runs use many.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

/// A regular expression whose syntax is checked and that is not compiled yet.
#[derive(Debug)]
pub(crate) struct Expression {
    source: String,
    compiled: OnceLock<Regex>,
}

/// What only an expression of Unicode has.
const UNICODE: [&str; 4] = [r"\p", r"\P", r"\u", r"\x{"];

/// How the message about an invalid regular expression begins. `load` finds the place of the mistake by it.
pub(crate) const NO_EXPRESSION: &str = "not a regular expression";

impl Expression {
    /// Checks the syntax, in a fraction of the time that compiling takes.
    ///
    /// # Errors
    /// The message for a person, when it is not a regular expression.
    pub(crate) fn new(source: String) -> Result<Self, String> {
        match regex_syntax::parse(&source) {
            Ok(_) => Ok(Self { source, compiled: OnceLock::new() }),
            Err(error) => Err(invalid(&error)),
        }
    }

    /// Compiles it now. The syntax alone does not show that an expression becomes too large.
    ///
    /// # Errors
    /// The message for a person, when it cannot be compiled.
    pub(crate) fn compile(&self) -> Result<&Regex, String> {
        if let Some(compiled) = self.compiled.get() {
            return Ok(compiled);
        }
        // An expression of ASCII means ASCII: the word boundaries of Unicode make each search many times slower.
        let of_unicode = !self.source.is_ascii() || UNICODE.iter().any(|written| self.source.contains(written));
        let compiled = RegexBuilder::new(&self.source)
            .unicode(of_unicode)
            .build()
            .map_err(|error| format!("the regular expression `{}` cannot be used: {}", self.source, reason(&error)))?;
        Ok(self.compiled.get_or_init(|| compiled))
    }

    /// Reports whether the expression matches somewhere in the text.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.compile().expect("a test or `load` compiled it").is_match(text.as_bytes())
    }

    /// Returns the place of the first match in the text, in bytes.
    pub(crate) fn find(&self, text: &str) -> Option<std::ops::Range<usize>> {
        self.compile().expect("a test or `load` compiled it").find(text.as_bytes()).map(|found| {
            // A dot may end within a character.
            let start = (0..=found.start()).rfind(|at| text.is_char_boundary(*at));
            let end = (found.end()..=text.len()).find(|at| text.is_char_boundary(*at));
            start.unwrap_or(0)..end.unwrap_or(text.len())
        })
    }

    /// Returns the expression as it is written.
    pub(crate) fn as_str(&self) -> &str {
        &self.source
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

fn invalid(error: &regex_syntax::Error) -> String {
    format!("{NO_EXPRESSION}: {}", reason(error))
}

/// Returns the sentence at the end of an error, without the expression that precedes it.
fn reason(error: &dyn std::error::Error) -> String {
    let said = error.to_string();
    said.rsplit("error: ").next().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Expression, NO_EXPRESSION};

    #[test]
    fn an_expression_is_compiled_when_it_is_first_used() {
        let expression = Expression::new("(?i)out for (lunch|tea)".to_owned()).expect("its syntax is right");
        assert!(expression.compiled.get().is_none());
        assert!(expression.is_match("Out for tea") && !expression.is_match("in"));
        assert!(expression.compiled.get().is_some());
    }

    #[test]
    fn wrong_syntax_is_refused_in_the_words_of_the_compiler() {
        for wrong in ["(", r"\p{Nothing}", "a{2,1}"] {
            let said = Expression::new(wrong.to_owned()).expect_err("it is wrong");
            let compiler = regex::Regex::new(wrong).expect_err("it is wrong");
            assert_eq!(said, format!("{NO_EXPRESSION}: {}", super::reason(&compiler)));
        }
    }
}
