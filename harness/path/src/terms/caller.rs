//! The service credentials that a request sends to the auth service.

use crate::words;

words! {
    /// The service credentials that a request sends to the auth service.
    pub enum Caller {
        /// No service credentials at all.
        None => "none",
        /// The right id and secret (needs the evidence `service-credentials`).
        Right => "right",
        /// The right id and a random secret.
        WrongSecret => "wrong-secret",
        /// A wrong id and the right secret (needs the evidence `service-credentials`).
        WrongId => "wrong-id",
        /// The right id and no secret.
        IdOnly => "id-only",
    }
}

impl Caller {
    /// Every caller, the harmless ones first. A diagnosis tries them in this order.
    pub const HARMLESS_FIRST: [Self; 5] = [Self::None, Self::Right, Self::IdOnly, Self::WrongSecret, Self::WrongId];
}
