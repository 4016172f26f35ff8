//! What every protocol shares: the rules of one probe, and the parts below.
//!
//! - `answer`: the response before redaction
//! - `body`: reads a body up to a limit
//! - `deadline`: when the probe must end
//! - `patience`: shorter waits than the deadline
//! - `phases`: measures name resolution and connection
//! - `classify`: gives an error its kind
//! - `clients`: the HTTP clients of a run, and the connections that they keep
//!
//! Invariant: every wait ends at the deadline of the probe.

pub(crate) mod answer;
pub(crate) mod body;
pub(crate) mod classify;
pub(crate) mod clients;
pub(crate) mod deadline;
pub(crate) mod patience;
pub(crate) mod phases;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustls::ClientConfig;
use secrecy::SecretString;
use tokio::time::Instant;
use url::Url;

use crate::config::{Access, Budget, Endpoint};
use crate::probe::transport::clients::Clients;
use crate::probe::transport::deadline::Deadline;
use crate::probe::transport::patience::Silences;
use crate::probe::transport::phases::Stopwatch;
use crate::probe::{ErrorKind, TransportError, Until};
use crate::tls::{self, TlsError};

/// How often a wait for an event or frame looks whether other probes have learnt that it is in vain.
pub(crate) const LOOK: Duration = Duration::from_millis(250);

/// The rules of one probe.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) budget: &'a Budget,
    pub(crate) until: &'a Until,
    pub(crate) deadline: Deadline,
    pub(crate) silences: &'a Silences<'a>,
    pub(crate) tls: &'a Tls,
    pub(crate) clients: &'a Clients,
    /// Whether the request needs a connection of its own.
    pub(crate) own_connection: bool,
    /// Whether the TLS handshake offers HTTP/1.1 alone.
    pub(crate) http1_only: bool,
    /// The forward proxy of this call.
    pub(crate) proxy: Option<&'a Url>,
    /// The addresses that are called. Empty: those of the name.
    pub(crate) fixed: &'a [IpAddr],
}

/// TLS for HTTP, and for WebSocket, which is HTTP/1.1 alone: they offer different application protocols. Made when the first
/// call needs it, unless the target has authorities or client certificates of its own.
#[derive(Default)]
pub(crate) struct Tls {
    usual: OnceLock<Offers>,
    /// For the hosts that get a client certificate of their own.
    for_hosts: BTreeMap<String, Offers>,
}

struct Offers {
    http: ClientConfig,
    http1: Arc<ClientConfig>,
}

/// Returns the private key of the client certificate for a host, or for every other host.
type KeyOf<'a> = &'a dyn Fn(Option<&str>) -> Option<SecretString>;

impl Tls {
    /// Returns TLS for a target. What no target needs is made when the first call needs it.
    pub(crate) fn new(access: &Access, key: KeyOf<'_>) -> Result<Self, TlsError> {
        let of = |host: Option<&str>| tls::client_config(access, access.client_certificate_of(host).zip(key(host)));
        let for_host = |host: &String| Ok((host.clone(), Offers::of(&of(Some(host))?)));
        let for_hosts = access.client_certificate_for.keys().map(for_host).collect::<Result<_, TlsError>>()?;
        let has_own = access.has_authorities() || access.client_certificate.is_some();
        let usual = if has_own { OnceLock::from(Offers::of(&of(None)?)) } else { OnceLock::new() };
        Ok(Self { usual, for_hosts })
    }

    #[cfg(test)]
    pub(crate) fn from_config(config: &ClientConfig) -> Self {
        Self { usual: OnceLock::from(Offers::of(config)), for_hosts: BTreeMap::new() }
    }

    pub(crate) fn http(&self, url: &Url) -> &ClientConfig {
        &self.offers(url).http
    }

    pub(crate) fn http1(&self, url: &Url) -> Arc<ClientConfig> {
        Arc::clone(&self.offers(url).http1)
    }

    /// Returns the host of the URL, if it gets a client certificate of its own.
    pub(crate) fn own_host<'a>(&self, url: &'a Url) -> Option<&'a str> {
        url.host_str().filter(|host| self.for_hosts.contains_key(*host))
    }

    fn offers(&self, url: &Url) -> &Offers {
        let own = self.own_host(url).and_then(|host| self.for_hosts.get(host));
        own.unwrap_or_else(|| self.usual.get_or_init(|| Offers::of(&tls::usual_config())))
    }
}

impl Offers {
    fn of(config: &ClientConfig) -> Self {
        Self {
            http: tls::offering(config, &[b"h2", b"http/1.1"]),
            http1: Arc::new(tls::offering(config, &[b"http/1.1"])),
        }
    }
}

impl Rules<'_> {
    /// Reports whether the event or frame of this name is the last one that is needed.
    pub(crate) fn ends_with(&self, name: &str) -> bool {
        matches!(self.until, Until::Event(last) if last == name)
            || self.endpoint.accept.terminal_event.as_deref() == Some(name)
    }

    /// Reports whether a socket is followed beyond its greeting.
    pub(crate) fn follows(&self) -> bool {
        self.until != &Until::Accepted || self.endpoint.accept.terminal_event.is_some()
    }

    /// Returns the deadline for the next event or frame, which is awaited `since` then. The first one may have less time, and
    /// so may the next one after a name that was the last one of another probe.
    pub(crate) fn for_next(&self, last: Option<&str>, since: Instant) -> Deadline {
        let Some(last) = last else { return self.deadline.for_content() };
        (self.silences)(last).map_or(self.deadline, |silence| self.deadline.at_most_from(since, silence.wait))
    }

    /// Returns the error of a wait for the next event or frame that lasted until this deadline.
    pub(crate) fn in_vain(&self, last: Option<&str>, deadline: &Deadline) -> TransportError {
        let mut error = deadline.passed(ErrorKind::StreamTimeout);
        if deadline.end() < self.deadline.end()
            && let Some(silence) = last.and_then(self.silences)
        {
            silence.explain(&mut error);
        }
        error
    }

    pub(crate) fn too_many(&self) -> TransportError {
        TransportError {
            kind: ErrorKind::EventLimit,
            detail: format!("more than {} events or frames", self.budget.events),
        }
    }
}

/// Corrects the kind of a timeout that came before there was a connection: name resolution or the handshake timed out,
/// not the response.
pub(crate) fn before_connection(mut error: TransportError, watch: &Stopwatch) -> TransportError {
    let waited = matches!(error.kind, ErrorKind::HttpResponseTimeout | ErrorKind::ConnectionTimeout);
    if waited && watch.is_connecting() {
        error.kind = if watch.is_resolving() { ErrorKind::DnsError } else { ErrorKind::ConnectionTimeout };
    }
    error
}
