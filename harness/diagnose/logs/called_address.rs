//! The address of the auth service that the backend calls in vain.

use std::net::IpAddr;

use url::Url;

use crate::config::{Endpoint, Target};
use crate::diagnose::logs::attribution::Logbook;
use crate::evidence::LogEntry;
use crate::statements::{Address, Meaning, answered_by_auth, called_address, speaks_of_auth, specific_meanings};
use crate::terms::{Hop, Role, Service};

impl Logbook<'_> {
    /// Reports whether the backend calls the auth service in vain at another address than the target names. `None`: its
    /// log names no address of that host, or several.
    pub(crate) fn auth_is_called_elsewhere(&self, target: &Target) -> Option<bool> {
        let own = target.auth_url()?;
        let of_calls = |entry: &LogEntry| entry.is_own_line_of(Hop::Backend) && tells_of_no_connection(&entry.text);
        let lines = self.passing("the backend calls auth in vain", of_calls);
        let lines = lines.into_iter().filter(|entry| self.is_of_the_run(entry));
        let by_address = lines.filter_map(|entry| differs(&called_address(&entry.text)?, own));
        let by_address = agreed(by_address);
        if by_address == Some(true) { by_address } else { self.another_route_is_asked(target).or(by_address) }
    }

    /// Reports whether the auth service lacks a route for which the backend asks it, and that is none which the target names
    /// for it.
    fn another_route_is_asked(&self, target: &Target) -> Option<bool> {
        let is_asked = |one: &&Endpoint| one.service == Service::Auth && one.role == Role::Introspection;
        let paths: Vec<&str> = target.endpoints.values().filter(is_asked).map(|one| one.path.as_str()).collect();
        let own = target.auth_url().filter(|_| !paths.is_empty())?;
        let is_missed = |line: &str| {
            let is_told = specific_meanings(line).contains(&Meaning::CallNotFound)
                || answered_by_auth(line, |_| true) == Some(Meaning::CallNotFound);
            is_told && route_differs(line, own, &paths).is_some()
        };
        let of_calls = |entry: &LogEntry| entry.is_own_line_of(Hop::Backend) && is_missed(&entry.text);
        let lines = self.passing("the backend asks auth for a route in vain", of_calls);
        let lines = lines.into_iter().filter(|entry| self.is_of_the_run(entry));
        agreed(lines.filter_map(|entry| route_differs(&entry.text, own, &paths)))
    }
}

/// Returns what all of these say.
fn agreed(mut all: impl Iterator<Item = bool>) -> Option<bool> {
    let first = all.next()?;
    all.all(|one| one == first).then_some(first)
}

/// Reports whether the URL in a line has another path than these. `None`: it has another host or port, or there is none.
fn route_differs(line: &str, own: &Url, paths: &[&str]) -> Option<bool> {
    let start = ["http://", "https://"].iter().find_map(|scheme| line.find(scheme))?;
    let end = line[start..].find(|one: char| one.is_whitespace() || "\"'`<>),;".contains(one));
    let called = Url::parse(end.map_or(&line[start..], |end| &line[start..start + end])).ok()?;
    let is_same = is_same_host(called.host_str()?, own.host_str()?)
        && called.port_or_known_default() == own.port_or_known_default();
    is_same.then(|| !paths.contains(&called.path()))
}

fn tells_of_no_connection(line: &str) -> bool {
    let is_about_it = |meaning: &Meaning| {
        matches!(meaning, Meaning::Unconnected | Meaning::AuthUnreachable | Meaning::TlsFailed | Meaning::AuthFailed)
    };
    speaks_of_auth(line) && specific_meanings(line).iter().any(is_about_it)
}

/// Reports whether an address differs from that of the auth service. `None`: another host, which may have another name
/// inside the system.
fn differs(called: &Address<'_>, own: &Url) -> Option<bool> {
    let host = own.host_str()?;
    if !is_same_host(called.host, host) {
        return None;
    }
    let usual = |scheme: &str| if scheme == "https" { 443 } else { 80 };
    let port = called.port.or_else(|| called.scheme.map(usual))?;
    Some(Some(port) != own.port_or_known_default() || called.scheme.is_some_and(|scheme| scheme != own.scheme()))
}

/// Two names of this machine are the same host.
fn is_same_host(one: &str, other: &str) -> bool {
    one == other || (is_loopback(one) && is_loopback(other))
}

fn is_loopback(host: &str) -> bool {
    let address = || host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    host == "localhost" || address().is_some_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::another_port("http://127.0.0.1:9009", Some(true))]
    #[case::the_same("http://localhost:8081/introspect", Some(false))]
    #[case::another_scheme("https://127.0.0.1:8081", Some(true))]
    #[case::another_host("http://auth.internal:80", None)]
    #[case::without_a_scheme("connect ECONNREFUSED 127.0.0.1:8081", Some(false))]
    fn an_address_is_compared_with_the_target(#[case] line: &str, #[case] expected: Option<bool>) {
        let own = Url::parse("http://127.0.0.1:8081").expect("a URL");
        let address = called_address(line).expect("an address");
        assert_eq!(differs(&address, &own), expected);
    }

    #[rstest]
    #[case::another("404 Not Found for url: http://127.0.0.1:8081/v2/introspect", Some(true))]
    #[case::the_one_of_the_target("404 from 'http://localhost:8081/introspect?x=1'", Some(false))]
    #[case::another_host("404 for http://auth.internal/v2/introspect", None)]
    #[case::another_port("404 for http://127.0.0.1:9000/v2/introspect", None)]
    #[case::without_a_url("introspection failed: 404", None)]
    fn a_route_is_compared_with_the_target(#[case] line: &str, #[case] expected: Option<bool>) {
        let own = Url::parse("http://127.0.0.1:8081").expect("a URL");
        assert_eq!(route_differs(line, &own, &["/introspect"]), expected);
    }

    #[rstest]
    #[case::of_auth("token check at http://auth:1 failed: connection refused", true)]
    #[case::of_a_store("redis at redis://cache:6379: connection refused", false)]
    #[case::of_another_service("billing at http://billing:1: connection refused", false)]
    fn only_calls_to_the_auth_service_count(#[case] line: &str, #[case] counts: bool) {
        assert_eq!(tells_of_no_connection(line), counts);
    }
}
