//! What a token tells that the auth service issued. It is read on this machine, and not kept.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{KeySet, unverified};
use crate::config::Claims;

/// What is known about a token that the auth service issued. `None`: not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct IssuedJwt {
    /// For the token kind `issued` and for issuer endpoints: whether the signing secret of the target verifies the
    /// token that the auth service minted. Checked locally; the token is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "issued_with_our_secret")]
    pub with_our_secret: Option<bool>,
    /// Whether a key of the published set signed the issued token (RFC 7517). Unknown for HMAC and for a token that is no JWT.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "issued_with_published_key")]
    pub with_published_key: Option<bool>,
    /// Whether `iss` and `aud` of the issued token are those that the target declares (RFC 7519, section 4.1).
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "issued_as_declared")]
    pub as_declared: Option<bool>,
}

impl IssuedJwt {
    /// Reads a token that the auth service issued, for a target that lets the service sign all tokens.
    pub(crate) fn read(jwt: &str, keys: Option<&KeySet>, declared: &Claims) -> Self {
        Self {
            with_our_secret: None,
            with_published_key: keys.and_then(|keys| keys.signed(jwt)),
            as_declared: unverified::part(jwt, 1).and_then(|claims| as_declared(&claims, declared)),
        }
    }
}

/// Compares `iss` and `aud` with what the target declares. Returns `None` where the target declares neither, or the token has
/// neither.
fn as_declared(claims: &Value, declared: &Claims) -> Option<bool> {
    let is = |name: &str, wanted: &str| {
        let same = |value: &Value| {
            let text = value.as_str().unwrap_or_default();
            text.trim_end_matches('/') == wanted.trim_end_matches('/')
        };
        match claims.get(name)? {
            Value::Array(all) => Some(all.iter().any(same)),
            one => Some(same(one)),
        }
    };
    let iss = Some(declared.iss.as_str()).filter(|iss| !iss.is_empty()).and_then(|iss| is("iss", iss));
    let aud = declared.aud.as_deref().and_then(|aud| is("aud", aud));
    [iss, aud].into_iter().flatten().reduce(|one, other| one && other)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::fixtures::staging;
    use crate::terms::Algorithm;
    use crate::token::foreign;
    use crate::token::key::SigningKey;
    use crate::token::published::set_of;

    fn declared(iss: &str, aud: Option<&str>) -> Claims {
        Claims { iss: iss.to_owned(), aud: aud.map(str::to_owned), ..staging().claims }
    }

    #[rstest]
    #[case::both("https://id.test/", Some("api"), Some(true))]
    #[case::one_of_many("", Some("other"), Some(true))]
    #[case::other_audience("", Some("web"), Some(false))]
    #[case::other_issuer("https://elsewhere.test", Some("api"), Some(false))]
    #[case::nothing_declared("", None, None)]
    fn the_claims_are_compared_with_those_declared(
        #[case] iss: &str,
        #[case] aud: Option<&str>,
        #[case] expected: Option<bool>,
    ) {
        let claims = json!({ "iss": "https://id.test", "aud": ["api", "other"] });
        assert_eq!(as_declared(&claims, &declared(iss, aud)), expected);
    }

    #[test]
    fn a_published_key_is_found_by_its_signature() {
        let pem = rcgen::KeyPair::generate().expect("a key").serialize_pem();
        let key = SigningKey::read(Algorithm::Es256, &pem).expect("a key");
        let other = foreign::key(Algorithm::Es256).expect("a key");
        let jwt = |key: &SigningKey| key.sign(&serde_json::Map::new(), None).expect("a token");
        let keys = set_of(key.public().expect("a public key"), "k1");
        let of = |jwt: &str| IssuedJwt::read(jwt, Some(&keys), &declared("", None)).with_published_key;
        assert_eq!((of(&jwt(&key)), of(&jwt(other))), (Some(true), Some(false)));
        let shared = SigningKey::shared(b"a shared secret of more than 32 bytes");
        assert_eq!((of(&jwt(&shared)), of("opaque")), (None, None));
    }
}
