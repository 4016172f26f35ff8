//! One rule: an expression, the keywords that it needs, and what a finding must be like.

use std::sync::Arc;

use serde::{Deserialize, Deserializer};

/// A rule, in the terms of gitleaks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    /// The mark, from the id of the rule.
    #[serde(rename = "id", deserialize_with = "mark")]
    pub(super) mark: Arc<str>,
    /// The expression. Its first group that takes part is the secret.
    pub(super) regex: String,
    /// The rule applies where one of these words occurs, in any case.
    pub(super) keywords: Vec<String>,
    /// The secret has more entropy, in bits for each byte.
    #[serde(default)]
    entropy: f64,
    /// The group of the secret, if it is not the first.
    pub(super) group: Option<usize>,
    /// Expressions of values that are no secrets.
    #[serde(default)]
    pub(super) allow: Vec<String>,
    /// How many bytes a finding may reach beyond a keyword.
    #[serde(default = "usual")]
    pub(super) after: usize,
}

const fn usual() -> usize {
    1024
}

fn mark<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
    Ok(format!("<redacted:{}>", String::deserialize(deserializer)?).into())
}

impl Rule {
    /// Reports whether a finding is as random as the rule asks for.
    pub(super) fn has_entropy(&self, secret: &[u8]) -> bool {
        self.entropy == 0.0 || entropy(secret) > self.entropy
    }
}

/// Returns the Shannon entropy of bytes, in bits for each byte.
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let shares = counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / bytes.len() as f64);
    shares.map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::entropy;

    #[test]
    fn entropy_is_in_bits_for_each_byte() {
        assert!((entropy(b"aabb") - 1.0).abs() < 1e-9 && (entropy(b"abcdefgh") - 3.0).abs() < 1e-9);
        assert!(entropy(b"aaaa").abs() < 1e-9);
    }
}
