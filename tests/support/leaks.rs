//! Finds secrets in a text: in every encoding, and anything that looks like a token.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use memchr::memmem;

/// How the header or the payload of a token begins. A lone `{"` would match any JSON in base64.
const BEGINNINGS: [&[u8]; 3] = [b"{\"alg\":", b"{\"typ\":", b"{\"sub\":"];

/// What must not be in an output: names of secrets with one form each.
pub(crate) struct Canaries(Vec<Canary>);

struct Canary {
    name: String,
    /// Without white space: what is shown to people is wrapped.
    form: String,
    /// Hex and percent-encoding come in both cases.
    any_case: bool,
}

impl Canary {
    fn new(of: &str, (kind, form): (&str, String)) -> Self {
        Self { name: format!("{of} ({kind})"), form: without_space(&form), any_case: matches!(kind, "hex" | "percent") }
    }
}

impl Canaries {
    /// Takes every encoding of these secrets (name, value), and of the beginning of a JWT.
    pub(crate) fn of<N: Into<String>, V: AsRef<str>>(secrets: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut known: Vec<(String, Vec<u8>)> =
            secrets.into_iter().map(|(name, value)| (name.into(), value.as_ref().as_bytes().to_vec())).collect();
        let tokens = BEGINNINGS.iter().map(|json| BASE64_URL_SAFE_NO_PAD.encode(json).as_bytes()[..9].to_vec());
        known.extend(tokens.map(|token| ("a token".to_owned(), token)));
        let forms = known.iter().flat_map(|(name, value)| forms(value).map(move |form| Canary::new(name, form)));
        Self(forms.collect())
    }

    /// Returns the names of the secrets that are in the text.
    pub(crate) fn found_in(&self, text: &str) -> Vec<&str> {
        let text = without_space(text);
        let lower = text.to_lowercase();
        let is_in = |one: &&Canary| {
            // The search of `str` is not optimized in a test build, and outputs have megabytes.
            let text = if one.any_case { &lower } else { &text };
            memmem::find(text.as_bytes(), one.form.as_bytes()).is_some()
        };
        self.0.iter().filter(is_in).map(|one| &*one.name).collect()
    }

    /// Fails with the names of the secrets that are in the text.
    pub(crate) fn must_not_be_in(&self, what: &str, text: &str) {
        let found = self.found_in(text);
        assert!(found.is_empty(), "{what} holds {found:?}");
    }
}

fn forms(value: &[u8]) -> impl Iterator<Item = (&'static str, String)> {
    let raw = String::from_utf8_lossy(value).into_owned();
    let percent = value.iter().map(|byte| format!("%{byte:02x}")).collect();
    let mut forms = vec![("raw", raw), ("hex", hex(value)), ("percent", percent)];
    forms.extend(base64_cores(value).map(|core| ("base64", core)));
    forms.into_iter()
}

fn without_space(text: &str) -> String {
    text.split_whitespace().collect()
}

fn hex(value: &[u8]) -> String {
    value.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the base64 characters that depend on the value alone, at each of the three offsets in a longer text, in both alphabets.
fn base64_cores(value: &[u8]) -> impl Iterator<Item = String> {
    let cores = (0..3).flat_map(|offset| {
        let shifted = [&vec![0; offset], value].concat();
        let (first, last) = ((offset * 8).div_ceil(6), shifted.len() * 8 / 6);
        [BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD].map(|engine| engine.encode(&shifted)[first..last].to_owned())
    });
    cores.collect::<Vec<_>>().into_iter()
}
