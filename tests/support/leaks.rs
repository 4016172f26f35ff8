//! The canary: every form in which a secret could be in an output, and anything that looks like a token.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};

/// How the header or the payload of a token of ours begins: `{"alg":`, `{"typ":`, `{"sub":`. A lone `{"` would be any JSON in base64.
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
    /// Every form of these secrets (name, value), and of a JWT's beginning.
    pub(crate) fn of<N: Into<String>, V: AsRef<str>>(secrets: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut known: Vec<(String, Vec<u8>)> =
            secrets.into_iter().map(|(name, value)| (name.into(), value.as_ref().as_bytes().to_vec())).collect();
        let tokens = BEGINNINGS.iter().map(|json| BASE64_URL_SAFE_NO_PAD.encode(json).as_bytes()[..9].to_vec());
        known.extend(tokens.map(|token| ("a token".to_owned(), token)));
        let forms = known.iter().flat_map(|(name, value)| forms(value).map(move |form| Canary::new(name, form)));
        Self(forms.collect())
    }

    /// The names of what is in the text.
    pub(crate) fn found_in(&self, text: &str) -> Vec<&str> {
        let text = without_space(text);
        let lower = text.to_lowercase();
        let is_in = |one: &&Canary| if one.any_case { lower.contains(&one.form) } else { text.contains(&one.form) };
        self.0.iter().filter(is_in).map(|one| &*one.name).collect()
    }

    /// Fails with the names of what is in the text.
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

/// The base64 characters that are the value's alone, at each of the three offsets in a longer text, in both alphabets.
fn base64_cores(value: &[u8]) -> impl Iterator<Item = String> {
    let cores = (0..3).flat_map(|offset| {
        let shifted = [&vec![0; offset], value].concat();
        let (first, last) = ((offset * 8).div_ceil(6), shifted.len() * 8 / 6);
        [BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD].map(|engine| engine.encode(&shifted)[first..last].to_owned())
    });
    cores.collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
    use rstest::rstest;

    use super::*;

    const SECRET: &str = "k>/?~ a secret with all that base64 tells apart ~?/>k";

    #[rstest]
    #[case::raw(SECRET.to_owned())]
    #[case::base64(BASE64_STANDARD.encode(SECRET))]
    #[case::base64_of_more(BASE64_STANDARD.encode(format!("x{SECRET}y")))]
    #[case::base64_of_more_yet(BASE64_URL_SAFE.encode(format!("xx{SECRET}yy")))]
    #[case::hex(hex(SECRET.as_bytes()))]
    #[case::upper_hex(hex(SECRET.as_bytes()).to_uppercase())]
    #[case::percent(SECRET.bytes().map(|byte| format!("%{byte:02X}")).collect())]
    fn a_secret_is_found_in_every_form(#[case] form: String) {
        let canaries = Canaries::of([("it", SECRET)]);
        assert!(!canaries.found_in(&format!("before {form} after")).is_empty(), "{form}");
        let (start, end) = form.split_at(form.len() / 2);
        assert!(!canaries.found_in(&format!("{start}\n    {end}")).is_empty(), "wrapped: {form}");
    }

    #[rstest]
    #[case::raw("eyJhbGciOiJIUzI1NiJ9.e30.x".to_owned())]
    #[case::base64(BASE64_STANDARD.encode("Bearer eyJhbGciOiJIUzI1NiJ9.e30.x"))]
    #[case::hex(hex(b"eyJhbGciOiJIUzI1NiJ9.e30.x"))]
    fn a_token_that_nobody_knows_is_found(#[case] form: String) {
        assert!(!Canaries::of([("it", SECRET)]).found_in(&form).is_empty(), "{form}");
    }

    #[test]
    fn nothing_is_found_in_a_text_without_secrets() {
        let text = "a secret with all that, <token:valid> and <secret:service>";
        assert_eq!(Canaries::of([("it", SECRET)]).found_in(text), Vec::<&str>::new());
    }
}
