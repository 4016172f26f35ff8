//! The services that a client can call.

use crate::words;

words! {
    /// A service that can be called from outside.
    pub enum Service {
        /// The backend, through the edge.
        Backend => "backend",
        /// The auth service, at its own URL.
        Auth => "auth",
    }
}
