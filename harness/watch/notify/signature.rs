//! The header that proves who sent a body, and when: `t=SECONDS,v1=HEX`.
//!
//! HEX is the HMAC-SHA256 (RFC 2104) of `SECONDS.BODY`, as Stripe signs its webhooks. A receiver refuses an old time.

use aws_lc_rs::hmac;
use secrecy::{ExposeSecret as _, SecretString};

/// The name of the header.
pub(crate) const HEADER: &str = "x-fivewhys-signature";

/// Returns the value of the header. `at`: seconds since 1970.
pub(crate) fn signature(key: &SecretString, at: i64, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose_secret().as_bytes());
    let mut signed = hmac::Context::with_key(&key);
    signed.update(format!("{at}.").as_bytes());
    signed.update(body);
    let hex: String = signed.sign().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={at},v1={hex}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected value: `printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac a-key-of-16-bytes`.
    #[test]
    fn a_body_is_signed_with_its_time() {
        let key = SecretString::from("a-key-of-16-bytes");
        let expected = "t=1700000000,v1=3255ee9c763b758d909f2dda87eb55097050bd2432d2b994f8f5167afaa4bc0f";
        assert_eq!(signature(&key, 1_700_000_000, br#"{"a":1}"#), expected);
        assert_ne!(signature(&key, 1_700_000_001, br#"{"a":1}"#)[13..], expected[13..]);
    }
}
