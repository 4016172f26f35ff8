//! Where a request carries the token of its user.

use super::words;

words! {
    /// How the user's token travels.
    pub enum Carrier {
        /// `Authorization: Bearer …`.
        Header => "header",
        /// `Sec-WebSocket-Protocol`, in the form the surface's `subprotocols` give.
        Subprotocol => "subprotocol",
        /// In the URL, where the surface's `query` says `{token}`. It lands in the access logs of whatever lies between.
        Query => "query",
        /// In the JSON body, where the surface's `body` says `{token}`.
        Body => "body",
    }
}
