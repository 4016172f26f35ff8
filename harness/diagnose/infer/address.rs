//! A target may have several addresses. What one address answered says nothing about another that did not answer.

use url::Url;

use crate::config::{Endpoint, Target};
use crate::diagnose::readings::input::FailedStep;
use crate::observe::Observation;
use crate::terms::{Hop, Service};

/// The address of every failure: no failed step got an answer, and all called the backend at this address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Address<'a>(&'a Url);

impl<'a> Address<'a> {
    /// Returns the only address that failed steps called, if none of them got an answer.
    pub(crate) fn of_every_failure(
        failed: &[FailedStep],
        observations: &[&Observation],
        target: &'a Target,
    ) -> Option<Self> {
        let is_failed = |one: &&&Observation| failed.iter().any(|step| step.exchange == one.exchange);
        let mut failures = observations.iter().filter(is_failed).peekable();
        let endpoint = |one: &Observation| target.endpoints.get(&one.probe.endpoint);
        let first = Self(target.base(endpoint(failures.peek()?)?));
        let is_there = |one: &Observation| {
            // What the backend answers tells much about an auth service that is down.
            endpoint(one).is_some_and(|called| called.service == Service::Backend && first.has(target.base(called)))
        };
        failures.all(|one| one.answered_by == Hop::Network && is_there(one)).then_some(first)
    }

    /// Reports whether a call of this endpoint can say something about the failure: it goes to this address, around the edge
    /// of this address, or to the auth service.
    pub(crate) fn is_told_by(self, endpoint: &Endpoint, target: &Target) -> bool {
        let around = endpoint.past_edge && self.has(&target.backend);
        around || endpoint.service == Service::Auth || self.has(target.base(endpoint))
    }

    fn has(self, url: &Url) -> bool {
        (url.host(), url.port_or_known_default()) == (self.0.host(), self.0.port_or_known_default())
    }
}
