//! The hops of a request, as reports name them.

use super::{Service, words};

words! {
    /// A place on the way of a request.
    pub enum Hop {
        /// Our side: token, secret, clock, request.
        Client => "client",
        /// DNS, TCP, TLS between us and the first answer.
        Network => "network",
        /// Load balancer, WAF, the platform's front end and scheduler.
        Edge => "edge",
        /// The backend.
        Backend => "backend",
        /// The backend's call to the auth service, both ends of it.
        BackendAuth => "backend-auth",
        /// The auth service.
        Auth => "auth",
        /// Database, Redis.
        Data => "data",
        /// The agents behind the backend.
        Agents => "agents",
        /// Cannot be told from this exchange.
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
