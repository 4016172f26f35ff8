//! A forward proxy that the calls to the other service would take.

use secrecy::ExposeSecret as _;
use url::Url;

use crate::preflight::input::Subject;
use crate::preflight::review::{Check, Problem, Review};
use crate::terms::Service;

/// The role of the variable that holds the address of the auth service.
const AUTH_URL: &str = "auth-url";

pub(super) fn check(run: &Review<'_>, subject: &Subject) -> Vec<Problem> {
    if subject.service != Service::Backend.as_str() {
        return Vec::new();
    }
    let Some(called) = called(run, subject) else { return Vec::new() };
    let by_scheme = format!("{}_PROXY", called.scheme());
    let Some(proxy) = name(subject, &by_scheme).or_else(|| name(subject, "ALL_PROXY")) else { return Vec::new() };
    let exceptions = name(subject, "NO_PROXY");
    let listed = exceptions.map(|name| subject.declaration.literals.get(name).map(|list| list.expose_secret()));
    let host = called.host_str().unwrap_or_default();
    let covered = match listed {
        Some(Some(list)) => list.split([',', ' ']).any(|one| covers(one, host)),
        // A list outside of the manifest may name the host.
        Some(None) => true,
        None => false,
    };
    if covered {
        return Vec::new();
    }
    let says = format!("{proxy} is set, and NO_PROXY does not cover the auth service: its calls go through the proxy");
    let problem =
        Problem { variable: Some(proxy.to_owned()), ..run.problem(Check::ProxyWithoutException, subject, says) };
    vec![run.set(problem, subject, &[("NO_PROXY", None)], false)]
}

/// Returns the address at which the service calls the auth service, if anything says it.
fn called(run: &Review<'_>, subject: &Subject) -> Option<Url> {
    let names = run.target.variables.get(AUTH_URL).into_iter().flatten();
    let own = names.filter_map(|name| subject.declaration.literals.get(name));
    let own = own.filter_map(|url| Url::parse(url.expose_secret().trim()).ok()).next();
    own.or_else(|| run.target.auth_url().cloned())
}

/// Returns the name of a variable that is set, in any case.
fn name<'s>(subject: &'s Subject, wanted: &str) -> Option<&'s str> {
    let set = subject.declaration.manifest.env.iter().filter(|(_, value)| !value.is_empty());
    set.map(|(name, _)| name.as_str()).find(|name| name.eq_ignore_ascii_case(wanted))
}

/// Reports whether an entry of NO_PROXY covers a host: `*`, the host, or a domain above it, with or without a port.
fn covers(entry: &str, host: &str) -> bool {
    let entry = entry.trim().trim_start_matches('*').trim_start_matches('.');
    let entry = entry.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(entry, |(host, _)| host);
    let (entry, host) = (entry.to_ascii_lowercase(), host.to_ascii_lowercase());
    host == entry || (!entry.is_empty() && host.ends_with(&format!(".{entry}")))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::covers;

    #[rstest]
    #[case("auth.internal", true)]
    #[case(".internal", true)]
    #[case("internal", true)]
    #[case("*.internal", true)]
    #[case("auth.internal:8080", true)]
    #[case("AUTH.internal", true)]
    #[case("th.internal", false)]
    #[case("", false)]
    fn an_entry_covers_a_host_and_the_hosts_below_it(#[case] entry: &str, #[case] is: bool) {
        assert_eq!(covers(entry, "auth.internal"), is);
    }
}
