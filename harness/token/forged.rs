//! Bad tokens for a target without a signing key. They are made of a token that the auth service issued.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::mint::unsigned;
use super::{Token, foreign, unverified};
use crate::redact::Redactor;
use crate::terms::{Algorithm, TokenKind};

/// Returns a string without a dot, which no verifier can parse as a JWT.
pub(crate) fn malformed(redactor: &Redactor) -> Token {
    Token::new(TokenKind::Malformed, format!("malformed-{}", Uuid::new_v4().simple()), redactor)
}

/// Returns a token of the kind `wrong-key` or `alg-none` with the claims of an issued one. `wrong-key` has the id of its
/// key too, and its algorithm if that is RS256 or ES256, otherwise HS256. Returns `None` for another kind, or when the issued token is no JWT.
pub(crate) fn forged(kind: TokenKind, issued: &str, redactor: &Redactor) -> Option<Token> {
    let (header, claims) = (unverified::part(issued, 0)?, unverified::part(issued, 1)?);
    let claims: Map<String, Value> = claims.as_object()?.clone();
    let jwt = match kind {
        TokenKind::AlgNone => unsigned(&claims),
        TokenKind::WrongKey => {
            let algorithm = match header.get("alg").and_then(Value::as_str) {
                Some("RS256") => Algorithm::Rs256,
                Some("ES256") => Algorithm::Es256,
                _ => Algorithm::Hs256,
            };
            foreign::key(algorithm)?.sign(&claims, header.get("kid").and_then(Value::as_str)).ok()?
        }
        _ => return None,
    };
    Some(Token::new(kind, jwt, redactor))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn issued(algorithm: Algorithm) -> String {
        let claims = json!({ "sub": "acc-1", "exp": 4_102_444_800_u64, "roles": ["a"] });
        foreign::key(algorithm).expect("a key").sign(claims.as_object().expect("claims"), Some("k7")).expect("a token")
    }

    #[rstest]
    #[case(Algorithm::Hs256, "HS256")]
    #[case(Algorithm::Rs256, "RS256")]
    #[case(Algorithm::Es256, "ES256")]
    fn a_forged_token_has_the_claims_and_the_key_id_of_the_issued_one(
        #[case] algorithm: Algorithm,
        #[case] name: &str,
    ) {
        let (redactor, issued) = (Redactor::new(), issued(algorithm));
        let token = forged(TokenKind::WrongKey, &issued, &redactor).expect("a token");
        assert_eq!(unverified::part(token.expose(), 1), unverified::part(&issued, 1));
        let header = unverified::part(token.expose(), 0).expect("a header");
        assert_eq!((header["alg"].as_str(), header["kid"].as_str()), (Some(name), Some("k7")));
        assert_eq!(redactor.clean(token.expose()), "<token:wrong-key>");
    }

    #[test]
    fn an_unsigned_token_has_no_signature() {
        let token = forged(TokenKind::AlgNone, &issued(Algorithm::Es256), &Redactor::new()).expect("a token");
        assert!(token.expose().ends_with('.'));
        assert_eq!(unverified::part(token.expose(), 0).expect("a header")["alg"], "none");
    }

    #[rstest]
    #[case::opaque(TokenKind::WrongKey, "6f1c0f3a")]
    #[case::no_claims(TokenKind::WrongKey, "a.b.c")]
    fn nothing_is_made_of_what_is_no_jwt(#[case] kind: TokenKind, #[case] issued: &str) {
        assert!(forged(kind, issued, &Redactor::new()).is_none());
    }
}
