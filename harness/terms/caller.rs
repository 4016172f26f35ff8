//! Which service credentials a request shows to the auth service.

use super::words;

words! {
    /// Who we say we are to the auth service.
    pub enum Caller {
        /// No service credentials at all.
        None => "none",
        /// The right id and secret (needs the evidence `service-credentials`).
        Right => "right",
        /// The right id, a secret nobody holds.
        WrongSecret => "wrong-secret",
        /// Another id, the right secret (needs the evidence `service-credentials`).
        WrongId => "wrong-id",
        /// The right id and no secret.
        IdOnly => "id-only",
    }
}

impl Caller {
    /// Every caller, the harmless ones first: the order in which a diagnosis tries them.
    pub const HARMLESS_FIRST: [Self; 5] = [Self::None, Self::Right, Self::IdOnly, Self::WrongSecret, Self::WrongId];
}
