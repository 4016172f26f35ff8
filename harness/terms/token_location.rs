//! Where a request carries the token of its user.

use super::words;

words! {
    /// How the user's token travels.
    pub enum TokenLocation {
        /// `Authorization: Bearer …`.
        Header => "header",
        /// `Sec-WebSocket-Protocol`, in the form the endpoint's `subprotocols` give.
        Subprotocol => "subprotocol",
        /// In the URL, where the endpoint's `query` says `{token}`. It lands in the access logs of whatever lies between.
        Query => "query",
        /// In the JSON body, where the endpoint's `body` says `{token}`.
        Body => "body",
    }
}
