//! The address of the auth service that the backend calls in vain.

use std::net::IpAddr;

use url::Url;

use crate::config::Target;
use crate::diagnose::logs::attribution::Logbook;
use crate::evidence::LogEntry;
use crate::statements::{Address, Meaning, called_address, speaks_of_auth, specific_meanings};
use crate::terms::Hop;

impl Logbook<'_> {
    /// Reports whether the backend calls the auth service in vain at another address than the target names. `None`: its
    /// log names no address of that host, or several.
    pub(crate) fn auth_is_called_elsewhere(&self, target: &Target) -> Option<bool> {
        let own = target.auth_url()?;
        let of_calls = |entry: &LogEntry| entry.is_own_line_of(Hop::Backend) && tells_of_no_connection(&entry.text);
        let lines = self.passing("the backend calls auth in vain", of_calls);
        let lines = lines.into_iter().filter(|entry| self.is_of_the_run(entry));
        let mut all = lines.filter_map(|entry| differs(&called_address(&entry.text)?, own));
        let first = all.next()?;
        all.all(|one| one == first).then_some(first)
    }
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
    if called.host != host && !(is_loopback(called.host) && is_loopback(host)) {
        return None;
    }
    let usual = |scheme: &str| if scheme == "https" { 443 } else { 80 };
    let port = called.port.or_else(|| called.scheme.map(usual))?;
    Some(Some(port) != own.port_or_known_default() || called.scheme.is_some_and(|scheme| scheme != own.scheme()))
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
    #[case::of_auth("token check at http://auth:1 failed: connection refused", true)]
    #[case::of_a_store("redis at redis://cache:6379: connection refused", false)]
    #[case::of_another_service("billing at http://billing:1: connection refused", false)]
    fn only_calls_to_the_auth_service_count(#[case] line: &str, #[case] counts: bool) {
        assert_eq!(tells_of_no_connection(line), counts);
    }
}
