//! One call of one user: what is kept of each of them.

use std::collections::HashMap;

use crate::terms::EndpointKind;

/// The kind of a call, for latencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CallKind {
    Http,
    Sse,
    /// A handshake, up to the greeting.
    WebsocketOpen,
    /// From a message to the event that ends its response.
    Websocket,
}

impl CallKind {
    /// Returns the kind of a call of such an endpoint.
    pub(crate) const fn of(endpoint: EndpointKind) -> Self {
        match endpoint {
            EndpointKind::Http => Self::Http,
            EndpointKind::Sse => Self::Sse,
            EndpointKind::Websocket => Self::Websocket,
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Sse => "sse",
            Self::WebsocketOpen => "websocket-open",
            Self::Websocket => "websocket",
        }
    }
}

/// A call, in few bytes: a run has many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) user: u32,
    /// The place of its step among all steps.
    pub(crate) step: u16,
    /// The ordinal of the call among those of the user, from 1.
    pub(crate) nth: u32,
    /// Whole seconds from the start of the run to the intended time.
    pub(crate) second: u32,
    pub(crate) is_served: bool,
    pub(crate) endpoint: Name,
    pub(crate) token_location: Name,
    pub(crate) instance: Option<Name>,
    pub(crate) revision: Option<Name>,
}

/// A text that many calls share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Name(u32);

/// The texts behind the names. A server that gives each response another value cannot fill the memory.
#[derive(Debug, Default)]
pub(crate) struct Names {
    texts: Vec<String>,
    known: HashMap<String, Name>,
}

/// The most names.
const MOST: usize = 10_000;

impl Names {
    /// Returns the name of a text. `None`: there are too many.
    pub(crate) fn name(&mut self, text: &str) -> Option<Name> {
        if let Some(known) = self.known.get(text) {
            return Some(*known);
        }
        let name = Name(u32::try_from(self.texts.len()).ok().filter(|_| self.texts.len() < MOST)?);
        self.texts.push(text.to_owned());
        self.known.insert(text.to_owned(), name);
        Some(name)
    }

    /// Returns the text of a name.
    pub(crate) fn text(&self, name: Name) -> &str {
        &self.texts[name.0 as usize]
    }
}
