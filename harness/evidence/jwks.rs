//! Reads the keys that the auth service publishes.

use tokio::time::Instant;

use super::source;
use crate::config::Target;
use crate::terms::EvidenceSource;
use crate::token::KeySet;

/// Returns the published key set. Returns `None` when the target names no location or the evidence `auth` is not
/// granted.
///
/// # Errors
/// When the set cannot be read or is not a JWK set. The message holds no key.
pub async fn read_keys(target: &Target, run_end: Instant) -> Result<Option<KeySet>, String> {
    let Some(from) = target.jwks.as_ref().filter(|_| target.opens(EvidenceSource::Auth)) else { return Ok(None) };
    let text = source::read(from, target, run_end).await.map_err(|error| error.to_string())?;
    KeySet::parse(&text).map(Some).map_err(|why| format!("jwks: {why}"))
}
