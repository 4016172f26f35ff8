//! Redaction: whatever stands around a secret, the secret is not left.

use secrecy::SecretString;

use super::{on_any_input, samples};
use crate::redact::Redactor;

const SECRET: &str = "t0p-S3cret/Value+of=the;service";

#[test]
fn a_secret_is_never_left_in_any_text() {
    let redactor = Redactor::new();
    redactor.register_secret("KEY", &SecretString::from(SECRET));
    on_any_input!(samples("harness/evidence/logs/samples"), |bytes| {
        let at = bytes.len() / 2;
        let text = [&bytes[..at], SECRET.as_bytes(), &bytes[at..]].concat();
        let clean = redactor.clean_bytes_lossy(&text);
        assert!(!clean.contains(SECRET), "the secret is left");
        assert_eq!(redactor.clean(&clean), clean, "clean text stays as it is");
    });
}
