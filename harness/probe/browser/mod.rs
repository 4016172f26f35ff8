//! What a browser does with a call of a page: the parts of the Fetch standard that a server can get wrong.
//!
//! Start at [`page::Page`].
//!
//! - `page`: the page of a call: its `Origin`, its cookies, and whether a preflight goes first
//! - `cors`: whether a browser lets the page read a response (Fetch, "CORS check" and "CORS-preflight fetch")
//! - `subprotocol`: whether a browser keeps a socket open (WebSockets standard, "establish a WebSocket connection")
//!
//! Invariant: this folder sends nothing, and quotes no value of a response that may be a token.

pub(crate) mod cors;
pub(crate) mod page;
pub(crate) mod subprotocol;
