//! The keys that the auth service publishes. Sits in `evidence`; `run` hands them to whoever signs.

use tokio::time::Instant;

use super::source;
use crate::config::Target;
use crate::terms::EvidenceSource;
use crate::token::KeySet;

/// The published set, where the target says where it is and the evidence `auth` is granted.
///
/// # Errors
/// When it cannot be read, or is no JWK set; in words that hold no key.
pub async fn read_keys(target: &Target, run_end: Instant) -> Result<Option<KeySet>, String> {
    let Some(from) = target.jwks.as_ref().filter(|_| target.opens(EvidenceSource::Auth)) else { return Ok(None) };
    let text = source::read(from, target, run_end).await.map_err(|error| error.to_string())?;
    KeySet::parse(&text).map(Some).map_err(|why| format!("jwks: {why}"))
}
