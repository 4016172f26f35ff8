//! Which component wrote a line: what the operator says, or else the names in the line, or else the format.

use crate::config::Target;
use crate::terms::{Hop, Service};

/// The deployed names of the services, which tell the writer of an entry, and the hosts and paths of the target.
#[derive(Debug, Clone, Default)]
pub(crate) struct ServiceNames {
    named: Vec<(String, Service)>,
    origins: Vec<url::Origin>,
    paths: Vec<(String, Service)>,
}

/// Words in the names of containers that are the edge.
const EDGE: [&str; 9] = ["nginx", "ingress", "gateway", "envoy", "istio-proxy", "traefik", "haproxy", "caddy", "edge"];

impl ServiceNames {
    /// Returns the names that the target and the manifests give.
    pub(crate) fn of<'m>(target: &Target, manifests: impl IntoIterator<Item = (Service, &'m str)>) -> Self {
        let named = [(&target.names.backend, Service::Backend), (&target.names.auth, Service::Auth)];
        let named = named.into_iter().filter_map(|(name, service)| Some((name.clone()?, service)));
        let manifests = manifests.into_iter().map(|(service, name)| (name.to_owned(), service));
        let paths = target
            .endpoints
            .values()
            .map(|endpoint| (endpoint.path.split('?').next().unwrap_or_default().to_owned(), endpoint.service));
        let origins = vec![target.backend.origin(), target.auth.origin()];
        Self { named: named.chain(manifests).collect(), origins, paths: paths.collect() }
    }

    /// Returns names without a target.
    #[cfg(test)]
    pub(super) fn named(named: &[(&str, Service)], paths: &[(&str, Service)]) -> Self {
        let owned = |pairs: &[(&str, Service)]| pairs.iter().map(|(name, of)| ((*name).to_owned(), *of)).collect();
        Self { named: owned(named), origins: Vec::new(), paths: owned(paths) }
    }

    /// Reports whether a URL leads to the target. Without a target, every URL does.
    pub(super) fn is_ours(&self, url: &str) -> bool {
        self.origins.is_empty() || url::Url::parse(url).is_ok_and(|url| self.origins.contains(&url.origin()))
    }

    /// Returns the service that has this path, or else the backend.
    pub(super) fn of_path(&self, path: &str) -> Service {
        self.paths.iter().find(|(known, _)| known == path).map_or(Service::Backend, |(_, service)| *service)
    }

    /// Reports whether no service has a name.
    pub(super) fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    /// Returns the service that is deployed under exactly this name.
    pub(super) fn service(&self, name: &str) -> Option<Service> {
        self.named.iter().find(|(known, _)| known == name).map(|(_, service)| *service)
    }

    /// Returns the component of a container, pod, unit or service: `NAME`, `NAME-7d9f8b-x2`, `NAME-1`, or a name that
    /// says its role.
    pub(super) fn component(&self, name: &str) -> Option<Hop> {
        let begins = |known: &str| {
            !known.is_empty()
                && name.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_', '.']))
        };
        // The longest name wins: `shop` and `shop-auth` may both be services.
        let known = self.named.iter().filter(|(known, _)| begins(known)).max_by_key(|(known, _)| known.len());
        if let Some((_, service)) = known {
            return Some((*service).into());
        }
        let mut words = name.split(['-', '_', '.']);
        let by_role = match words.next() {
            Some("backend") => Some(Hop::Backend),
            Some("auth") => Some(Hop::Auth),
            _ => None,
        };
        by_role.or_else(|| EDGE.iter().any(|word| name.contains(word)).then_some(Hop::Edge))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::fixtures::staging;

    #[rstest]
    #[case::deployed("netra-backend-staging", Some(Hop::Backend))]
    #[case::pod("netra-auth-service-7d9f8b6c5d-x2x4z", Some(Hop::Auth))]
    #[case::compose("backend-1", Some(Hop::Backend))]
    #[case::role("auth_service", Some(Hop::Auth))]
    #[case::edge("ingress-nginx-controller-5c8", Some(Hop::Edge))]
    #[case::longer("backends", None)]
    #[case::another("redis-1", None)]
    #[case::nothing("", None)]
    fn a_name_says_the_component(#[case] name: &str, #[case] hop: Option<Hop>) {
        assert_eq!(ServiceNames::of(&staging(), []).component(name), hop);
    }
}
