//! The algorithms that sign tokens.

use crate::words;

words! {
    /// How tokens are signed (RFC 7518).
    #[derive(Default)]
    pub enum Algorithm {
        /// HMAC with a shared secret.
        #[default]
        Hs256 => "HS256",
        /// RSA with a private key in PEM (PKCS#1 or PKCS#8).
        Rs256 => "RS256",
        /// ECDSA on P-256 with a private key in PEM (PKCS#8).
        Es256 => "ES256",
    }
}
