//! Decides whether a value holds a credential, from its JSON, which is never written.

use std::collections::HashSet;
use std::io;

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, Serializer};

/// The longest string of a report, in bytes, that is remembered while the report is examined.
pub(super) const LONGEST: usize = 256;
/// How many strings are remembered.
pub(super) const MOST: usize = 4096;

/// Reports whether `is_clean` holds for every string of a value. Ends at the first one for which it does not.
pub(super) fn each_is_clean(value: &impl Serialize, is_clean: impl Fn(&[u8]) -> bool) -> bool {
    let sieve = Sieve { is_clean, text: Vec::new(), plain: HashSet::new() };
    value.serialize(&mut Serializer::with_formatter(io::sink(), sieve)).is_ok()
}

/// Examines each string. A string that occurs again is examined once.
struct Sieve<F> {
    is_clean: F,
    text: Vec<u8>,
    plain: HashSet<Box<[u8]>>,
}

impl<F: Fn(&[u8]) -> bool> Formatter for Sieve<F> {
    fn begin_string<W: io::Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        self.text.clear();
        Ok(())
    }

    fn write_string_fragment<W: io::Write + ?Sized>(&mut self, _: &mut W, fragment: &str) -> io::Result<()> {
        self.text.extend_from_slice(fragment.as_bytes());
        Ok(())
    }

    fn write_char_escape<W: io::Write + ?Sized>(&mut self, _: &mut W, escape: CharEscape) -> io::Result<()> {
        self.text.push(match escape {
            CharEscape::Quote => b'"',
            CharEscape::ReverseSolidus => b'\\',
            CharEscape::Solidus => b'/',
            CharEscape::Backspace => 8,
            CharEscape::FormFeed => 12,
            CharEscape::LineFeed => b'\n',
            CharEscape::CarriageReturn => b'\r',
            CharEscape::Tab => b'\t',
            CharEscape::AsciiControl(byte) => byte,
        });
        Ok(())
    }

    fn end_string<W: io::Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        if self.plain.contains(self.text.as_slice()) {
            return Ok(());
        }
        if !(self.is_clean)(&self.text) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if self.text.len() <= LONGEST && self.plain.len() < MOST {
            self.plain.insert(self.text.as_slice().into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use secrecy::SecretString;
    use serde_json::json;

    use crate::redact::Redactor;

    #[rstest]
    #[case::plain("hunter3", true)]
    #[case::registered("a hunter2", false)]
    #[case::behind_escapes("\"\\\n\u{1} hunter2", false)]
    #[case::by_its_form("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyLTEifQ.c2lnbmF0dXJl", false)]
    fn a_credential_in_a_nested_string_is_found(#[case] text: &str, #[case] clean: bool) {
        let redactor = Redactor::new();
        redactor.register_secret("password", &SecretString::from("hunter2"));
        let value = json!({"a": [1, null, {"b": "c"}, {"b": text}], "c": 1.5});
        assert_eq!(redactor.finds_nothing_in(&value), clean);
        let mut cleaned = value.clone();
        redactor.clean_json(&mut cleaned);
        assert_eq!(cleaned == value, clean, "both ways agree");
    }
}
