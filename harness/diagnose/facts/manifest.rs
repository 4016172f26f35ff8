//! Facts from manifests: variables, secrets, revisions and the traffic between them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use crate::config::Target;
use crate::diagnose::model::fact::{Fact, UNKNOWN};
use crate::evidence::{EnvValue, Manifest};
use crate::terms::Service;

/// Returns the facts that follow from manifests alone.
pub(crate) fn facts(target: &Target, manifests: &BTreeMap<Service, Manifest>) -> Vec<Fact> {
    let mut facts = Vec::new();
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
        facts.extend(auth_url(backend, auth, target));
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

/// Returns the variable of a role: its name and value.
fn variable<'a>(role: &str, manifest: &'a Manifest, target: &Target) -> Option<(&'a str, &'a EnvValue)> {
    let names = target.variables.get(role)?;
    names.iter().find_map(|name| manifest.env.get_key_value(name)).map(|(name, value)| (name.as_str(), value))
}

/// Returns whether a variable is set. A missing variable is an anomaly only where the other service has it: some
/// systems do not need it.
fn presence(key: &'static str, role: &str, here: &Manifest, there: Option<&Manifest>, target: &Target) -> Option<Fact> {
    let names = target.variables.get(role)?;
    let found = variable(role, here, target).filter(|(_, value)| !value.is_empty());
    if let Some((name, value)) = found {
        let says = format!("manifest of {}: {name} is {value}", here.name);
        return Some(Fact { key, value: "present", anomaly: false, says, exchange: None });
    }
    // A whole Secret or ConfigMap may hold it under this name.
    if !here.env_from.is_empty() {
        return None;
    }
    let other = there.and_then(|there| Some((there, variable(role, there, target)?)));
    let says = match other {
        Some((there, (name, value))) => {
            format!("manifest of {}: {name} is not set; {} has it ({value})", here.name, there.name)
        }
        None => format!("manifest of {}: {} is not set", here.name, names.join(" or ")),
    };
    Some(Fact { key, value: "absent", anomaly: other.is_some(), says, exchange: None })
}

/// Returns whether every variable is set that the target file requires.
fn required(backend: &Manifest, target: &Target) -> Option<Fact> {
    let names = target.variables.get("required")?;
    let (value, says) = match names.iter().find(|name| backend.set(name).is_none()) {
        Some(_) if !backend.env_from.is_empty() => return None,
        Some(name) => {
            ("absent", format!("manifest of {}: {name} is not set, and the target file requires it", backend.name))
        }
        None => {
            ("present", format!("manifest of {}: every required variable is set ({})", backend.name, names.join(", ")))
        }
    };
    Some(Fact { key: "backend.required", value, anomaly: false, says, exchange: None })
}

/// Returns why the newest revision is not ready, by the platform's message: a container does not start, or a secret is
/// missing.
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

/// Compares two references to a secret. Only pinned versions of one secret can differ for sure: `latest` and a secret
/// without versions are resolved when an instance starts, and two names may hold one value.
fn same_secret(key: &'static str, backend: &Manifest, auth: &Manifest, target: &Target) -> Option<Fact> {
    let (here, there) = (variable(key, backend, target)?, variable(key, auth, target)?);
    let (EnvValue::Secret { name: a, version: v }, EnvValue::Secret { name: b, version: w }) = (here.1, there.1) else {
        return None;
    };
    let pinned = [v, w].iter().all(|version| !matches!(version.as_str(), "latest" | ""));
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

/// Returns the address of the auth service in the backend's manifest.
pub(crate) fn auth_address(backend: &Manifest, target: &Target) -> Option<Url> {
    let (_, EnvValue::Plain(text)) = variable("auth-url", backend, target)? else { return None };
    Url::parse(text.trim()).ok()
}

/// Compares the address of the auth service in the backend's manifest with the target file.
///
/// The backend may use an internal address, so only a loopback address is surely wrong where the target is remote.
/// Another port of the same host usually means another server, but one server may listen on two ports: that is no
/// anomaly.
fn auth_url(backend: &Manifest, auth: Option<&Manifest>, target: &Target) -> Option<Fact> {
    let (name, EnvValue::Plain(text)) = variable("auth-url", backend, target)? else { return None };
    let url = auth_address(backend, target);
    if let Some((auth, own)) =
        auth.zip(url.as_ref()).and_then(|(auth, url)| Some((auth, other_address(url, auth, target)?)))
    {
        let says = format!(
            "manifests: {} calls the auth service at {text:?} ({name}); {} says its address is {own:?}",
            backend.name, auth.name
        );
        return Some(Fact { key: "auth-url", value: "differs", anomaly: true, says, exchange: None });
    }
    // Where the auth service has no URL here, the backend calls an address that the target does not give.
    target.auth_url()?;
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

/// Returns the address that the auth service's manifest gives, if it is another host than the one that the backend
/// calls. Addresses of the platform are compared with one another only: a service may have a domain of its own.
fn other_address(called: &Url, auth: &Manifest, target: &Target) -> Option<String> {
    let host = called.host_str().filter(|host| Some(*host) != target.auth.host_str())?;
    let is_platform = |host: &str| host.ends_with(".run.app");
    let own = auth_address(auth, target);
    let by_platform = auth.url.as_deref().and_then(|url| Url::parse(url).ok());
    let by_platform = by_platform.filter(|url| is_platform(host) && url.host_str().is_some_and(is_platform));
    let known: Vec<Url> = own.into_iter().chain(by_platform).collect();
    let agrees = known.iter().any(|url| url.host_str() == Some(host));
    known.first().filter(|_| !agrees).map(|url| url.to_string())
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

/// Returns whether the newest revision is ready. A failed rollout is a state, not a cause, so it is no anomaly.
fn rollout(key: &'static str, manifest: &Manifest) -> Option<Fact> {
    let ready = manifest.ready?;
    let created = manifest.latest_created.as_deref().unwrap_or("its newest revision");
    let reason = manifest.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let says = if ready { format!("{created} is ready") } else { format!("{created} is not ready{reason}") };
    Some(Fact { key, value: if ready { "ready" } else { "failed" }, anomaly: false, says, exchange: None })
}

/// Returns whether the ingress setting closes the service to the outside.
/// `internal-and-cloud-load-balancing` yields an unknown value: a load balancer may still reach the service.
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

/// Returns whether several revisions share the traffic. A gradual rollout also looks so, so it is no anomaly.
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
