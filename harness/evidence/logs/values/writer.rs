//! What a line says about its writer.

use std::borrow::Cow;

/// What one line says about its writer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Writer<'a> {
    /// Nothing.
    #[default]
    Unknown,
    /// It is no line of interest.
    Nobody,
    /// Its format is one of proxies and gateways.
    Edge,
    /// The load balancer, for a request to this URL.
    LoadBalancer(&'a str),
    /// A name: a container, a pod, a unit.
    Named(Cow<'a, str>),
    /// The service that is deployed under exactly this name.
    Service(&'a str),
    /// The platform, about the service of this name.
    Platform(&'a str),
}
