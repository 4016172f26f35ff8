//! The HTTP clients of a run. One client serves all probes and keeps a connection to each origin for the next request, as a
//! browser does. Another one serves the probes that need a connection of their own.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use rustls::ClientConfig;
use url::{Origin, Url};

use crate::probe::transport::Rules;
use crate::probe::transport::phases::Timing;
use crate::tls;

/// How long a connection is kept without a request. Servers keep it longer (gunicorn: 2 s; Node.js and uvicorn: 5 s), so that
/// a request seldom meets a connection that is being closed.
const IDLE: Duration = Duration::from_millis(1500);

/// What distinguishes the clients of a run.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Kind {
    is_encrypted: bool,
    proxy: Option<Url>,
    keeps_connections: bool,
    http1_only: bool,
    /// The host, if it gets a client certificate of its own.
    own_host: Option<String>,
}

/// The clients of a run, each built when it is first needed.
#[derive(Default)]
pub(crate) struct Clients {
    built: Mutex<HashMap<Kind, Client>>,
    /// The origins that ended a kept connection when the next request came. They get a connection for each request.
    enders: Mutex<HashSet<Origin>>,
}

impl Clients {
    /// Returns the client for a request to this URL.
    pub(crate) fn of(&self, url: &Url, rules: &Rules<'_>) -> reqwest::Result<Client> {
        let first = rules.proxy.unwrap_or(url);
        let kind = Kind {
            is_encrypted: [first, url].iter().any(|url| url.scheme() == "https"),
            proxy: rules.proxy.cloned(),
            keeps_connections: !rules.own_connection && !self.ends_connections(url),
            http1_only: rules.http1_only,
            own_host: rules.tls.own_host(url).map(str::to_owned),
        };
        let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = built.get(&kind) {
            return Ok(client.clone());
        }
        let client = build(&kind, url, rules)?;
        built.insert(kind, client.clone());
        Ok(client)
    }

    /// Notes that the server of this URL ended a kept connection.
    pub(crate) fn note_end(&self, url: &Url) {
        self.enders.lock().unwrap_or_else(PoisonError::into_inner).insert(url.origin());
    }

    fn ends_connections(&self, url: &Url) -> bool {
        let enders = self.enders.lock().unwrap_or_else(PoisonError::into_inner);
        !enders.is_empty() && enders.contains(&url.origin())
    }
}

fn build(kind: &Kind, url: &Url, rules: &Rules<'_>) -> reqwest::Result<Client> {
    let builder = Client::builder()
        .tls_backend_preconfigured(config(kind, url, rules))
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .pool_max_idle_per_host(if kind.keeps_connections { usize::MAX } else { 0 })
        .pool_idle_timeout(IDLE)
        .connect_timeout(rules.budget.connect)
        .dns_resolver(std::sync::Arc::new(Timing))
        .connector_layer(Timing)
        // Without it, reqwest takes the proxy of the environment.
        .no_proxy();
    match &kind.proxy {
        Some(proxy) => builder.proxy(reqwest::Proxy::all(proxy.as_str())?),
        None => builder,
    }
    .build()
}

fn config(kind: &Kind, url: &Url, rules: &Rules<'_>) -> ClientConfig {
    match (kind.is_encrypted, kind.http1_only) {
        (false, _) => tls::without_roots(),
        (true, false) => rules.tls.http(url).clone(),
        (true, true) => (*rules.tls.http1(url)).clone(),
    }
}
