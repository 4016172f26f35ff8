//! The search for secrets itself: it finds a secret in every encoding, and an unknown token.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
use rstest::rstest;

use crate::support::leaks::Canaries;

const SECRET: &str = "k>/?~ a secret whose base64 differs by alphabet ~?/>k";

#[rstest]
#[case::raw(SECRET.to_owned())]
#[case::base64(BASE64_STANDARD.encode(SECRET))]
#[case::base64_of_more(BASE64_STANDARD.encode(format!("x{SECRET}y")))]
#[case::base64_of_more_yet(BASE64_URL_SAFE.encode(format!("xx{SECRET}yy")))]
#[case::hex(hex(SECRET.as_bytes()))]
#[case::upper_hex(hex(SECRET.as_bytes()).to_uppercase())]
#[case::percent(SECRET.bytes().map(|byte| format!("%{byte:02X}")).collect())]
fn a_secret_is_found_in_every_encoding(#[case] form: String) {
    let canaries = Canaries::of([("it", SECRET)]);
    assert!(!canaries.found_in(&format!("before {form} after")).is_empty(), "{form}");
    let (start, end) = form.split_at(form.len() / 2);
    assert!(!canaries.found_in(&format!("{start}\n    {end}")).is_empty(), "wrapped: {form}");
}

#[rstest]
#[case::raw("eyJhbGciOiJIUzI1NiJ9.e30.x".to_owned())]
#[case::base64(BASE64_STANDARD.encode("Bearer eyJhbGciOiJIUzI1NiJ9.e30.x"))]
#[case::hex(hex(b"eyJhbGciOiJIUzI1NiJ9.e30.x"))]
fn an_unknown_token_is_found(#[case] form: String) {
    assert!(!Canaries::of([("it", SECRET)]).found_in(&form).is_empty(), "{form}");
}

#[test]
fn nothing_is_found_in_a_text_without_secrets() {
    let text = "a secret with all that, <token:valid> and <secret:service>";
    assert_eq!(Canaries::of([("it", SECRET)]).found_in(text), Vec::<&str>::new());
}

fn hex(value: &[u8]) -> String {
    value.iter().map(|byte| format!("{byte:02x}")).collect()
}
