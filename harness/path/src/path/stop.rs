//! The stops of a request: components and the links between them.

use crate::terms::Hop;
use crate::words;

words! {
    /// A component or a link at which something can be wrong.
    pub enum Stop {
        /// The client: its token, secret, clock and request.
        Client => "client",
        /// The link from the client to the system.
        Network => "client -> edge",
        /// The edge in front of the backend.
        Edge => "edge",
        /// The backend.
        Backend => "backend",
        /// The backend's call to the auth service.
        AuthCall => "backend -> auth",
        /// The auth service.
        Auth => "auth",
        /// The backend's store.
        BackendStore => "backend -> store",
        /// The backend's call to a further service.
        Service => "backend -> service",
        /// The auth service's store.
        AuthStore => "auth -> store",
        /// The agents behind the backend.
        Agents => "backend -> agents",
    }
}

impl Stop {
    /// Returns the hop as reports name it.
    pub const fn hop(self) -> Hop {
        match self {
            Self::Client => Hop::Client,
            Self::Network => Hop::Network,
            Self::Edge => Hop::Edge,
            Self::Backend | Self::Service => Hop::Backend,
            Self::AuthCall => Hop::BackendAuth,
            Self::Auth => Hop::Auth,
            Self::BackendStore | Self::AuthStore => Hop::Data,
            Self::Agents => Hop::Agents,
        }
    }

    /// Returns the stop at which an unknown fault of this hop lies.
    pub const fn of(hop: Hop) -> Self {
        match hop {
            Hop::Client | Hop::Unknown => Self::Client,
            Hop::Network => Self::Network,
            Hop::Edge => Self::Edge,
            Hop::Backend => Self::Backend,
            Hop::BackendAuth => Self::AuthCall,
            Hop::Auth => Self::Auth,
            Hop::Data => Self::BackendStore,
            Hop::Agents => Self::Agents,
        }
    }
}
