//! The place of the user's token in a request.

use crate::words;

words! {
    /// The place of the user's token in a request.
    pub enum TokenLocation {
        /// `Authorization: Bearer …`.
        Header => "header",
        /// `Sec-WebSocket-Protocol`, in the form that the endpoint's `subprotocols` give.
        Subprotocol => "subprotocol",
        /// The URL, where the endpoint's `query` has `{token}`. Access logs on the way then hold the token.
        Query => "query",
        /// The body, where the endpoint's `body` has `{token}`.
        Body => "body",
        /// The header `Cookie`, under the name that the endpoint's `token_cookie` gives: a session.
        Cookie => "cookie",
    }
}
