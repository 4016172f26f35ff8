//! What the twin does for browsers, where a page of another origin is its client.
//!
//! - `flaw`: what can be wrong with it
//! - `cors`: preflights, and the headers of the CORS protocol
//! - `coding`: compression at the edge
//!
//! Invariant: without a page, the twin answers as it does for other clients.

mod coding;
mod cors;
mod flaw;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};

pub use flaw::ClientFlaw;

/// The clients of a twin: a page of another origin, and what goes wrong for it. The default has no page.
///
/// # Example
///
/// ```
/// use fivewhys_mocks::{ClientFlaw, Clients};
///
/// let clients = Clients::page("https://app.test").with_credentials().flaw(ClientFlaw::PreflightWantsToken);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clients {
    origin: Option<String>,
    credentials: bool,
    flaws: BTreeSet<ClientFlaw>,
}

impl Clients {
    /// Returns clients that are browsers on a page of this origin.
    #[must_use]
    pub fn page(origin: &str) -> Self {
        Self { origin: Some(origin.to_owned()), ..Self::default() }
    }

    /// Lets the page send credentials.
    #[must_use]
    pub fn with_credentials(mut self) -> Self {
        self.credentials = true;
        self
    }

    /// Adds a flaw.
    #[must_use]
    pub fn flaw(mut self, flaw: ClientFlaw) -> Self {
        self.flaws.insert(flaw);
        self
    }

    fn has(&self, flaw: ClientFlaw) -> bool {
        self.flaws.contains(&flaw)
    }

    /// Adds to the backend what it does for its clients.
    pub(crate) fn at_the_backend(&self, backend: Router) -> Router {
        let backend = if self.has(ClientFlaw::ChoosesNoSubprotocol) {
            backend.layer(from_fn(cors::without_subprotocol))
        } else {
            backend
        };
        if self.origin.is_none() || self.has(ClientFlaw::KnowsNoCors) {
            return backend;
        }
        backend.layer(from_fn_with_state(Arc::new(self.clone()), cors::by_the_backend))
    }

    /// Adds to the edge what it does for its clients.
    pub(crate) fn at_the_edge(&self, edge: Router) -> Router {
        let edge = match (self.has(ClientFlaw::HoldsStreamsBack), &self.origin) {
            (true, _) => edge.layer(from_fn(coding::whole)),
            (false, Some(_)) => edge.layer(from_fn(coding::bodies)),
            (false, None) => edge,
        };
        edge.layer(from_fn_with_state(Arc::new(self.clone()), cors::by_the_edge))
    }
}
