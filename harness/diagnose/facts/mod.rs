//! Facts: a comparison of what was read, reduced to a key and a value of the schema.
//!
//! Start at [`facts`], which gathers the facts that need no log. The others need the log windows of `logs/`; a case
//! gathers them.
//!
//! - `manifest`: variables, secrets, revisions and traffic
//! - `browser`: by which rule a browser keeps responses from its page
//! - `clock`, `signature`, `latency`: from the answers to probes
//! - `auth_calls`: the backend's calls to the auth service, from the auth service's request log
//! - `backend_log`: the same calls, from the backend's own log
//! - `request_arrival`: how far the failing calls came, from request logs
//! - `revision_split`: whether failures follow the revision that served the call
//! - `token_location`: one token in two locations of the same endpoint
//!
//! Invariant: a fact names no fault and decides nothing. What is not known yields no fact.

pub(crate) mod auth_calls;
pub(crate) mod backend_log;
mod browser;
mod clock;
mod latency;
pub(crate) mod manifest;
pub(crate) mod request_arrival;
pub(crate) mod revision_split;
pub(crate) mod signature;
pub(crate) mod token_location;

use std::collections::BTreeMap;

use crate::config::Target;
use crate::diagnose::model::fact::Fact;
use crate::evidence::Manifest;
use crate::observe::Observation;
use crate::terms::Service;

/// Returns the facts that follow from observations and manifests alone.
pub(crate) fn facts(
    target: &Target,
    observations: &[&Observation],
    manifests: &BTreeMap<Service, Manifest>,
) -> Vec<Fact> {
    let mut facts: Vec<Fact> = signature::issued(observations).collect();
    facts.extend(clock::facts(target, observations));
    facts.extend(signature::bearer_sent(target, observations));
    facts.extend(browser::facts(observations));
    facts.extend(latency::facts(target, observations));
    facts.extend(manifest::facts(target, manifests));
    facts
}
