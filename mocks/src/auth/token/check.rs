//! The checks of a token, in the real service's order: form, signature, times, claims.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation};
use serde_json::{Map, Value};

use super::claims::Claims;
use super::keys::Keys;
use super::refusal::Refusal;
use crate::logs::shortened;
use crate::terms::Clock;

const ISSUER: &str = "netra-auth-service";
/// The accepted audiences. The claim is optional.
const AUDIENCES: [&str; 4] = ["netra-platform", "netra-backend", "netra-services", "netra-admin"];
/// The greatest age of a token since `iat`, in seconds.
const MAX_AGE: f64 = 24.0 * 3600.0;

/// Checks `token` against the key and the clock; returns its claims, or the first check that it fails.
pub(crate) fn check(token: &str, keys: &Keys, clock: Clock) -> Result<Claims, Refusal> {
    check_form(token, keys.algorithm)?;
    let claims = check_signature(token, keys)?;
    #[expect(clippy::cast_precision_loss, reason = "microseconds of this century fit into 53 bits")]
    let now = clock.now().as_microsecond() as f64 / 1e6;
    check_times(&claims, now)?;
    check_claims(&claims, now)?;
    Ok(claims)
}

/// Returns the subject of a valid token, or why it is refused. A backend that verifies tokens by itself uses the same
/// checks.
pub(crate) fn verified_subject(token: &str, secret: &str, clock: Clock) -> Result<String, String> {
    let claims = check(token, &Keys::shared(secret.as_bytes()), clock).map_err(|refusal| refusal.sentence())?;
    Ok(claims.text("sub").unwrap_or_default().to_owned())
}

fn check_form(token: &str, algorithm: Algorithm) -> Result<(), Refusal> {
    if token.starts_with("mock_") {
        return Err(Refusal::MockPrefix);
    }
    let segments: Vec<_> = token.split('.').collect();
    let [header, payload, _] = segments[..] else { return Err(Refusal::Segments(segments.len())) };
    if let Some(empty) = segments.iter().position(|segment| segment.is_empty()) {
        return Err(Refusal::EmptySegment(empty));
    }
    let header = json_segment(header).ok_or(Refusal::Unreadable)?;
    json_segment(payload).ok_or(Refusal::Unreadable)?;
    match header.get("alg").and_then(Value::as_str) {
        Some(name) if name.parse().is_ok_and(|named: Algorithm| named == algorithm) => Ok(()),
        other => Err(Refusal::Algorithm(shortened(other.unwrap_or("none")))),
    }
}

fn json_segment(segment: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(segment).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn check_signature(token: &str, keys: &Keys) -> Result<Claims, Refusal> {
    let mut signature_only = Validation::new(keys.algorithm);
    signature_only.required_spec_claims.clear();
    signature_only.validate_exp = false;
    signature_only.validate_aud = false;
    match jsonwebtoken::decode(token, &keys.verifying, &signature_only) {
        Ok(decoded) => Ok(Claims(decoded.claims)),
        Err(error) if matches!(error.kind(), ErrorKind::InvalidSignature) => Err(Refusal::Signature),
        Err(_) => Err(Refusal::Unreadable),
    }
}

fn check_times(claims: &Claims, now: f64) -> Result<(), Refusal> {
    for claim in ["exp", "iat", "sub"] {
        if !claims.has(claim) {
            return Err(Refusal::Lacks(claim));
        }
    }
    // A claim that is not a number fails too.
    if claims.seconds("exp").is_none_or(|exp| exp <= now) {
        return Err(Refusal::Expired);
    }
    if claims.seconds("iat").is_none_or(|iat| iat > now) {
        return Err(Refusal::NotYetValid("iat"));
    }
    if claims.has("nbf") && claims.seconds("nbf").is_none_or(|nbf| nbf > now) {
        return Err(Refusal::NotYetValid("nbf"));
    }
    Ok(())
}

fn check_claims(claims: &Claims, now: f64) -> Result<(), Refusal> {
    if claims.text("token_type") != Some("access") {
        return Err(Refusal::WrongType);
    }
    for claim in ["sub", "iss", "jti"] {
        if claims.text(claim).is_none_or(str::is_empty) {
            return Err(Refusal::MissingClaim(claim));
        }
    }
    let issuer = claims.text("iss").unwrap_or_default();
    if issuer != ISSUER {
        return Err(Refusal::Issuer(shortened(issuer)));
    }
    if claims.seconds("iat").is_some_and(|iat| now - iat > MAX_AGE) {
        return Err(Refusal::TooOld);
    }
    match claims.audiences() {
        Some(audiences) if !audiences.iter().any(|audience| AUDIENCES.contains(audience)) => {
            Err(Refusal::Audience(shortened(&audiences.join(","))))
        }
        _ => Ok(()),
    }
}
