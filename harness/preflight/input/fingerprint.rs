//! Fingerprints of values: equal values have equal ones, and nothing else can be learned from them.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use secrecy::{ExposeSecret as _, SecretString};

/// How many hexadecimal digits a fingerprint has. Enough to tell apart the few values of one run.
const DIGITS: usize = 12;

/// Makes fingerprints with a key that only this run has.
pub(crate) struct Fingerprints(Option<hmac::Key>);

impl Fingerprints {
    /// Draws a key. Without a source of random numbers there are no fingerprints.
    pub(crate) fn new() -> Self {
        Self(hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).ok())
    }

    /// Returns the fingerprint of a value.
    pub(crate) fn of(&self, value: &SecretString) -> String {
        let Some(key) = &self.0 else { return "unknown".to_owned() };
        let tag = hmac::sign(key, value.expose_secret().as_bytes());
        let digits: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        digits.chars().take(DIGITS).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Fingerprints;

    #[test]
    fn equal_values_have_equal_fingerprints_within_one_run_only() {
        let (run, other) = (Fingerprints::new(), Fingerprints::new());
        let (a, b) = ("canary".into(), "other".into());
        assert_eq!(run.of(&a), run.of(&"canary".into()));
        assert_ne!(run.of(&a), run.of(&b));
        assert_ne!(run.of(&a), other.of(&a), "the key is new in each run");
    }
}
