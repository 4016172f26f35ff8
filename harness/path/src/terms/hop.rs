//! The hops of a request, as reports name them.

use super::Service;
use crate::words;

words! {
    /// A hop of a request.
    pub enum Hop {
        /// The client, which is `fivewhys`: its token, secret, clock and request.
        Client => "client",
        /// DNS, TCP and TLS between the client and the edge.
        Network => "network",
        /// The load balancer, the web application firewall, and the platform's front end and scheduler.
        Edge => "edge",
        /// The backend.
        Backend => "backend",
        /// The backend's call to the auth service, at both ends.
        BackendAuth => "backend-auth",
        /// The auth service.
        Auth => "auth",
        /// The database and Redis.
        Data => "data",
        /// The agents behind the backend.
        Agents => "agents",
        /// Not known from this exchange.
        Unknown => "unknown",
    }
}

impl From<Service> for Hop {
    fn from(service: Service) -> Self {
        match service {
            Service::Backend => Self::Backend,
            Service::Auth => Self::Auth,
        }
    }
}
