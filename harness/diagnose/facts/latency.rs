//! Facts about how fast the auth service answers: one slow answer may be chance, but a service that is never fast is
//! slow.

use crate::config::Target;
use crate::diagnose::model::fact::Fact;
use crate::observe::{Observation, Outcome};
use crate::terms::{Role, Service};

/// From this many milliseconds on, a validation is slow: the shortest read timeout of a backend is taken as 1.6 s.
const SLOW_JUDGEMENT: u64 = 1200;
/// From this many milliseconds on, a health check is slow: the shortest budget for it is taken as 0.3 s.
const SLOW_HEALTH: u64 = 300;
/// A slow health check takes this much longer than the backend's, which covers the time on the network.
const BESIDES_NETWORK: u64 = 200;

/// Returns what the fastest answers show.
pub(crate) fn facts(target: &Target, observations: &[&Observation]) -> Vec<Fact> {
    let fastest = |role: Role, service: Service| {
        let of = observations.iter().filter(move |one| {
            let endpoint = target.endpoints.get(&one.probe.endpoint);
            endpoint.is_some_and(|endpoint| endpoint.role == role && endpoint.service == service)
        });
        of.filter(|one| one.result == Outcome::Ok).min_by_key(|one| one.took_ms)
    };
    let judged = fastest(Role::Introspection, Service::Auth).map(|one| {
        fact("auth.pace", one.took_ms >= SLOW_JUDGEMENT, "the auth service's fastest successful validation", one)
    });
    let way = fastest(Role::Health, Service::Backend).map_or(0, |one| one.took_ms);
    let health = fastest(Role::Health, Service::Auth).map(|one| {
        let slow = one.took_ms >= SLOW_HEALTH && one.took_ms >= way + BESIDES_NETWORK;
        fact("auth.health-pace", slow, "the auth service's fastest health check", one)
    });
    judged.into_iter().chain(health).collect()
}

fn fact(key: &'static str, slow: bool, what: &str, of: &Observation) -> Fact {
    let says = format!("{what} took {} ms", of.took_ms);
    Fact { key, value: if slow { "slow" } else { "quick" }, anomaly: slow, says, exchange: Some(of.exchange) }
}
