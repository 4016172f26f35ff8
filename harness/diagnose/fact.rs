//! Facts that come of comparing: two manifests, two clocks, two secrets. Sits in `diagnose`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::verdict::Proof;
use super::{pace, token_locations, vocabulary};
use crate::config::Target;
use crate::evidence::{EnvValue, Manifest};
use crate::observe::Observation;
use crate::terms::Service;
use crate::token::Published;

/// A clock may be off by this many seconds: `Date` has whole seconds, and an answer takes its time.
const CLOCK_TOLERANCE: i64 = 3;

/// One fact: a key of the catalogue and the value that was read.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub(super) key: &'static str,
    pub(super) value: &'static str,
    /// Not as it is in a system in order: contradicts every fault that does not demand it.
    pub(super) anomaly: bool,
    /// In words, with what was read.
    pub(super) says: String,
    /// The exchange it was read from, if it was.
    pub(super) exchange: Option<u32>,
}

impl Fact {
    /// Returns the fact as a proof.
    pub(super) fn proof(&self) -> Proof {
        Proof { says: self.says.clone(), exchange: self.exchange, fact: Some(self.key) }
    }

    /// Whether it is not as in a system in order, though it may be so in some: a hint at whoever foretells it.
    pub(super) fn is_odd(&self) -> bool {
        vocabulary::of(self.key).is_some_and(|word| word.is_odd(self.value))
    }

    /// Whether a cause must account for it where it is odd: what the backend's log tells in its own words, or two token locations of one token.
    pub(super) fn is_told(&self) -> bool {
        self.key.starts_with("told-of-") || self.key == token_locations::KEY
    }
}

/// How far the clocks of whoever answered are from ours.
pub(super) const ANSWERS_CLOCK: &str = "answers-clock";

/// A value that decides nothing.
pub(super) const UNKNOWN: &str = "unknown";

/// Everything that follows from observations and manifests alone.
pub(super) fn facts(
    target: &Target,
    observations: &[&Observation],
    manifests: &BTreeMap<Service, Manifest>,
) -> Vec<Fact> {
    let mut facts: Vec<Fact> = issued_signature(observations).into_iter().chain(clock(target, observations)).collect();
    facts.extend(answers_clock(target, observations));
    facts.extend(bearer_sent(observations));
    facts.extend(pace::facts(target, observations));
    let backend = manifests.get(&Service::Backend);
    let auth = manifests.get(&Service::Auth);
    if let Some(backend) = backend {
        facts.extend(presence("backend.service-secret", "service-secret", backend, auth, target));
        facts.extend(presence("backend.service-id", "service-id", backend, None, target));
        facts.extend(presence("backend.auth-url", "auth-url", backend, None, target));
        facts.extend(presence("backend.oauth-client", "oauth-client", backend, None, target));
        facts.extend(required(backend, target));
        facts.extend(rollout_reason(backend));
        facts.extend(presence("backend.jwt-secret", "jwt-secret", backend, None, target));
        facts.extend(service_id(backend, target));
        facts.extend(auth_url(backend, target));
        facts.extend(auth_enabled(backend, target));
        facts.extend(rollout("backend.rollout", backend));
        facts.extend(ingress("backend.ingress", backend));
        facts.extend(traffic("backend.traffic", backend));
    }
    if let Some(auth) = auth {
        facts.extend(presence("auth.service-secret", "service-secret", auth, backend, target));
        facts.extend(presence("auth.jwt-secret", "jwt-secret", auth, backend, target));
    }
    if let Some((backend, auth)) = backend.zip(auth) {
        facts.extend(same_secret("service-secret", backend, auth, target));
        facts.extend(same_secret("jwt-secret", backend, auth, target));
    }
    facts
}

fn issued_signature(observations: &[&Observation]) -> Option<Fact> {
    let (observation, ours) = observations.iter().find_map(|one| Some((one, one.issued_with_our_secret?)))?;
    let (value, says) = if ours {
        ("ours", "our secret verifies the token that the auth service minted")
    } else {
        ("foreign", "our secret does not verify the token that the auth service minted")
    };
    Some(Fact {
        key: "issued-signature",
        value,
        anomaly: !ours,
        says: says.into(),
        exchange: Some(observation.exchange),
    })
}

/// A set that lacks our key says that our tokens cannot verify with it, and nothing of who else may verify them otherwise: no anomaly.
pub(super) fn signing_key(published: &Published) -> Fact {
    let kid = published.kid.as_ref().map(|kid| format!(" (kid {kid:?})")).unwrap_or_default();
    let (value, says) = if published.ours {
        ("published", format!("our public key is among the {} that the auth service publishes{kid}", published.keys))
    } else {
        ("unpublished", format!("our public key is not among the {} that the auth service publishes", published.keys))
    };
    Fact { key: "signing-key", value, anomaly: false, says, exchange: None }
}

/// A server whose clock is off shows it in every answer; a single old `Date` is an answer that was kept somewhere. What counts is the
/// clock of the one who judges tokens: the backend's answers carry the `Date` of whoever relays them.
fn clock(target: &Target, observations: &[&Observation]) -> Option<Fact> {
    let mut least: BTreeMap<Service, (&Observation, i64)> = BTreeMap::new();
    for (one, skew) in observations.iter().filter_map(|one| Some((*one, one.clock_skew_s?))) {
        let Some(endpoint) = target.endpoints.get(&one.probe.endpoint) else { continue };
        let least = least.entry(endpoint.service).or_insert((one, skew));
        if skew.abs() < least.1.abs() {
            *least = (one, skew);
        }
    }
    let judge = least.contains_key(&Service::Auth);
    let (one, skew) = least.remove(&Service::Auth).or_else(|| least.into_values().next())?;
    let value = match (skew.abs() > CLOCK_TOLERANCE, judge) {
        (false, _) => "in-step",
        (true, true) => "apart",
        (true, false) => UNKNOWN,
    };
    let says = format!("the server's Date is {} s away from our clock", skew.abs());
    Some(Fact { key: "clock", value, anomaly: value == "apart", says, exchange: Some(one.exchange) })
}

/// The same of whoever answered: edges keep time, so what is far apart is as a rule our own clock, or that of the one who judges.
fn answers_clock(target: &Target, observations: &[&Observation]) -> Option<Fact> {
    let through = |one: &&&Observation| target.endpoints.get(&one.probe.endpoint).is_some_and(|on| !on.past_edge);
    let skewed = observations.iter().filter(through).filter_map(|one| Some((one, one.clock_skew_s?)));
    let (one, skew) = skewed.min_by_key(|(_, skew)| skew.abs())?;
    let value = if skew.abs() > CLOCK_TOLERANCE { "apart" } else { "in-step" };
    let says = format!("every Date is at least {} s away from our clock", skew.abs());
    Some(Fact { key: ANSWERS_CLOCK, value, anomaly: false, says, exchange: Some(one.exchange) })
}

/// The variable of a role: its name and value.
fn variable<'a>(role: &str, manifest: &'a Manifest, target: &Target) -> Option<(&'a str, &'a EnvValue)> {
    let names = target.variables.get(role)?;
    names.iter().find_map(|name| manifest.env.get_key_value(name)).map(|(name, value)| (name.as_str(), value))
}

/// Absent is an anomaly only where the other service, which must hold the same, has it: a system that does without would look the same.
fn presence(key: &'static str, role: &str, here: &Manifest, there: Option<&Manifest>, target: &Target) -> Option<Fact> {
    let names = target.variables.get(role)?;
    let found = variable(role, here, target).filter(|(_, value)| !value.is_empty());
    if let Some((name, value)) = found {
        let says = format!("manifest of {}: {name} is {value}", here.name);
        return Some(Fact { key, value: "present", anomaly: false, says, exchange: None });
    }
    let other = there.and_then(|there| Some((there, variable(role, there, target)?)));
    let says = match other {
        Some((there, (name, value))) => {
            format!("manifest of {}: no {name}; {} has it ({value})", here.name, there.name)
        }
        None => format!("manifest of {}: no {}", here.name, names.join(", no ")),
    };
    Some(Fact { key, value: "absent", anomaly: other.is_some(), says, exchange: None })
}

/// Every variable that the operator says is required.
fn required(backend: &Manifest, target: &Target) -> Option<Fact> {
    let names = target.variables.get("required")?;
    let has = |name: &&String| backend.env.get(*name).is_some_and(|value| !value.is_empty());
    let (value, says) = match names.iter().find(|name| !has(name)) {
        Some(name) => ("absent", format!("manifest of {}: no {name}, which it requires", backend.name)),
        None => ("present", format!("manifest of {}: {} are there", backend.name, names.join(", "))),
    };
    Some(Fact { key: "backend.required", value, anomaly: false, says, exchange: None })
}

/// In the platform's words: of its containers that do not come up, or of secrets that cannot be had.
fn rollout_reason(backend: &Manifest) -> Option<Fact> {
    static SECRET: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("(?i)secret|createcontainerconfigerror").expect("a pattern"));
    static START: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("(?i)failed to start|listen on|health ?check|crashloop|exited|startup probe").expect("a pattern")
    });
    let reason = backend.reason.as_deref().filter(|_| backend.ready == Some(false))?;
    let value = match () {
        () if SECRET.is_match(reason) => "secret",
        () if START.is_match(reason) => "start",
        () => return None,
    };
    let says = format!("manifest of {}: {reason}", backend.name);
    Some(Fact { key: "backend.rollout-reason", value, anomaly: false, says, exchange: None })
}

/// Only pinned versions of one secret can be told apart: `latest` is fixed when an instance starts, and two names may hold one value.
fn same_secret(key: &'static str, backend: &Manifest, auth: &Manifest, target: &Target) -> Option<Fact> {
    let (here, there) = (variable(key, backend, target)?, variable(key, auth, target)?);
    let (EnvValue::Secret { name: a, version: v }, EnvValue::Secret { name: b, version: w }) = (here.1, there.1) else {
        return None;
    };
    let pinned = v != "latest" && w != "latest";
    let (value, anomaly) = match (a == b, pinned) {
        (true, true) if v == w => ("same", false),
        (true, true) => ("differs", true),
        (false, _) => ("differs", false),
        (true, false) => (UNKNOWN, false),
    };
    let says = format!("manifests: {} reads {} from {a}:{v}, {} from {b}:{w}", backend.name, here.0, auth.name);
    Some(Fact { key, value, anomaly, says, exchange: None })
}

fn service_id(backend: &Manifest, target: &Target) -> Option<Fact> {
    let expected = &target.caller.as_ref()?.id;
    let (name, EnvValue::Plain(id)) = variable("service-id", backend, target)? else { return None };
    let same = id.trim() == expected;
    let says = format!("manifest of {}: {name} is {id:?}, expected {expected:?}", backend.name);
    Some(Fact { key: "service-id", value: if same { "same" } else { "differs" }, anomaly: !same, says, exchange: None })
}

/// The address of the auth service in the backend's manifest.
pub(super) fn auth_address(backend: &Manifest, target: &Target) -> Option<Url> {
    let (_, EnvValue::Plain(text)) = variable("auth-url", backend, target)? else { return None };
    Url::parse(text.trim()).ok()
}

/// A service may know the other by an inner address, so only a loopback address beside a remote target is surely wrong. Another port of
/// the same host is another server as a rule, but one may listen on two: it contradicts nobody by itself.
fn auth_url(backend: &Manifest, target: &Target) -> Option<Fact> {
    let (name, EnvValue::Plain(text)) = variable("auth-url", backend, target)? else { return None };
    let url = auth_address(backend, target);
    let port = url.as_ref().and_then(Url::port_or_known_default);
    let same_host = url.as_ref().and_then(Url::host_str) == target.auth.host_str();
    let own = |host: &str| matches!(host, "localhost" | "127.0.0.1" | "[::1]" | "0.0.0.0");
    let wrong = url.as_ref().and_then(Url::host_str).is_none_or(own) && !target.auth.host_str().is_some_and(own);
    // One server under both schemes is common.
    let by_scheme = url.as_ref().is_some_and(|url| url.port().is_none()) && target.auth.port().is_none();
    let value = match (same_host, port == target.auth.port_or_known_default()) {
        (true, true) => "same",
        (true, false) if !by_scheme => "differs",
        _ if wrong => "differs",
        _ => UNKNOWN,
    };
    let says = format!("manifest of {}: {name} is {text:?}; the auth service is at {}", backend.name, target.auth);
    Some(Fact { key: "auth-url", value, anomaly: wrong, says, exchange: None })
}

fn auth_enabled(backend: &Manifest, target: &Target) -> Option<Fact> {
    let (name, EnvValue::Plain(text)) = variable("auth-enabled", backend, target)? else { return None };
    let off = matches!(text.trim().to_ascii_lowercase().as_str(), "false" | "0" | "no" | "off");
    let says = format!("manifest of {}: {name} is {text:?}", backend.name);
    Some(Fact {
        key: "backend.auth-enabled",
        value: if off { "off" } else { "on" },
        anomaly: off,
        says,
        exchange: None,
    })
}

/// A failed rollout is a state, not a cause: it contradicts nothing.
fn rollout(key: &'static str, manifest: &Manifest) -> Option<Fact> {
    let ready = manifest.ready?;
    let created = manifest.latest_created.as_deref().unwrap_or("its newest revision");
    let reason = manifest.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let says = if ready { format!("{created} is ready") } else { format!("{created} is not ready{reason}") };
    Some(Fact { key, value: if ready { "ready" } else { "failed" }, anomaly: false, says, exchange: None })
}

/// Closed to all but its own network is odd for whoever is called from outside; open to load balancers alone is open to those.
fn ingress(key: &'static str, manifest: &Manifest) -> Option<Fact> {
    let word = manifest.ingress.as_deref()?;
    let value = match word {
        "all" => "open",
        "internal" => "closed",
        _ => UNKNOWN,
    };
    let says = format!("manifest of {}: ingress is {word:?}", manifest.name);
    Some(Fact { key, value, anomaly: value == "closed", says, exchange: None })
}

/// A split is how a careful rollout looks too: it contradicts nothing.
fn traffic(key: &'static str, manifest: &Manifest) -> Option<Fact> {
    let revisions = &manifest.traffic;
    let value = match revisions.len() {
        0 => return None,
        1 => "single",
        _ => "split",
    };
    let shares: Vec<String> = revisions.iter().map(|(name, percent)| format!("{name} {percent} %")).collect();
    let says = format!("manifest of {}: traffic goes to {}", manifest.name, shares.join(", "));
    Some(Fact { key, value, anomaly: false, says, exchange: None })
}

/// A probe of ours with a token always carries it.
fn bearer_sent(observations: &[&Observation]) -> Option<Fact> {
    let sent = observations.iter().find(|one| one.probe.token.is_sent())?;
    let says = "we sent a token".to_owned();
    Some(Fact { key: "bearer-sent", value: "yes", anomaly: false, says, exchange: Some(sent.exchange) })
}
