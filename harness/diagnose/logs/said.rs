//! What the components say in their logs about the probes that they did not serve.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Target;
use crate::diagnose::logs::access::access;
use crate::diagnose::logs::attribution::Logbook;
use crate::diagnose::logs::window::Window;
use crate::evidence::{LogEntry, Severity};
use crate::observe::{Observation, Outcome};
use crate::statements::{Meaning, answered_by_auth, meanings_of_flags, specific_meanings};
use crate::terms::{Hop, Role, Service};

/// What was said about each exchange that did not succeed.
pub(crate) type Said = BTreeMap<u32, Vec<Meaning>>;

impl Logbook<'_> {
    /// Reads the lines of the component that was called, during each exchange. What it also says while only calls that
    /// succeed are under way says nothing.
    pub(crate) fn said(&self, all: &[&Observation], target: &Target) -> Said {
        let service = |seen: &Observation| Some(target.endpoints.get(&seen.probe.endpoint)?.service);
        let of: BTreeMap<u32, (&Observation, Service)> =
            all.iter().filter_map(|seen| Some((seen.exchange, (*seen, service(seen)?)))).collect();
        let (mut said, mut usual) = (Said::new(), BTreeSet::new());
        for entry in self.near_probes().filter(|entry| entry.platform_request().is_none()) {
            let during = self.exchanges_of(entry);
            let called: Vec<_> =
                during.iter().filter_map(|exchange| of.get(exchange)).filter(|of| is_its_own(entry.by, of.1)).collect();
            if called.is_empty() {
                continue;
            }
            let meanings = line_means(entry, target);
            if called.iter().all(|(seen, _)| seen.result == Outcome::Ok) {
                usual.extend(meanings);
                continue;
            }
            let mut failing: Vec<&Observation> = called.iter().map(|(seen, _)| *seen).collect();
            failing.retain(|seen| seen.result != Outcome::Ok);
            // Of several, the last one that was sent is the likeliest.
            let last = self.window_of(entry).map(Window::exchange);
            if failing.iter().any(|seen| Some(seen.exchange) == last) {
                failing.retain(|seen| Some(seen.exchange) == last);
            }
            for seen in failing {
                let said = said.entry(seen.exchange).or_default();
                said.extend(&meanings);
                if seen.result == Outcome::NotFound && entry.by == Hop::Backend {
                    said.extend(access(&entry.text).and_then(|line| line.route(&seen.probe.endpoint, target)));
                }
            }
        }
        said.values_mut().for_each(|meanings| meanings.retain(|meaning| !usual.contains(meaning)));
        said.retain(|_, meanings| !meanings.is_empty());
        said
    }

    /// Returns what the edge and the backend log about their own calls to other services, during most failed calls that
    /// lead to them.
    ///
    /// One line in the log of the component that failed says more than the words of a response.
    pub(crate) fn called_in_vain(&self, exchanges: &BTreeSet<u32>, target: &Target) -> Vec<Meaning> {
        let calls_another = |entry: &LogEntry| matches!(entry.by, Hop::Backend | Hop::Edge);
        self.in_most(exchanges, calls_another, |entry| {
            line_means(entry, target).into_iter().filter(|meaning| is_of_a_call(*meaning, entry.by)).collect()
        })
    }

    /// Returns what the auth service logged during most failed calls of the backend. A line counts for the last probe that
    /// was sent before it: others carry bad tokens, about which the auth service has more to say.
    pub(crate) fn auth_said(&self, exchanges: &BTreeSet<u32>, target: &Target) -> Vec<Meaning> {
        let owner = |entry: &LogEntry| {
            let exchange = self.window_of(entry)?.exchange();
            exchanges.contains(&exchange).then_some(exchange)
        };
        let own = self.of_probes().filter(|entry| entry.is_own_line_of(Hop::Auth));
        let told: Vec<(u32, Vec<Meaning>)> =
            own.filter_map(|entry| Some((owner(entry)?, line_means(entry, target)))).collect();
        let all: BTreeSet<u32> = told.iter().map(|(exchange, _)| *exchange).collect();
        let mut during: BTreeMap<Meaning, BTreeSet<u32>> = BTreeMap::new();
        for (exchange, meaning) in told.into_iter().flat_map(|(of, means)| means.into_iter().map(move |one| (of, one)))
        {
            during.entry(meaning).or_default().insert(exchange);
        }
        most(during, all.len())
    }

    /// Returns the meanings that lines have during most of these exchanges.
    fn in_most(
        &self,
        exchanges: &BTreeSet<u32>,
        is_meant: impl Fn(&LogEntry) -> bool,
        means: impl Fn(&LogEntry) -> Vec<Meaning>,
    ) -> Vec<Meaning> {
        let mut during: BTreeMap<Meaning, BTreeSet<u32>> = BTreeMap::new();
        for entry in self.near_probes().filter(|entry| is_meant(entry) && entry.is_own_line_of(entry.by)) {
            let of: Vec<u32> = self.exchanges_of(entry).intersection(exchanges).copied().collect();
            if of.is_empty() {
                continue;
            }
            for meaning in means(entry) {
                during.entry(meaning).or_default().extend(&of);
            }
        }
        most(during, exchanges.len())
    }

    /// Reports whether the backend wrote an access line during a failing probe: then it runs.
    pub(crate) fn backend_is_at_work(&self) -> bool {
        let own = |entry: &&LogEntry| entry.is_own_line_of(Hop::Backend);
        let is_of_a_failure = |entry: &LogEntry| self.failing().any(|window| self.is_in(entry, window));
        self.of_probes().filter(own).any(|entry| is_of_a_failure(entry) && access(&entry.text).is_some())
    }
}

/// Returns the meanings that the most exchanges share, if these are most of all.
fn most(mut during: BTreeMap<Meaning, BTreeSet<u32>>, all: usize) -> Vec<Meaning> {
    during.retain(|_, of| of.len() * 2 > all);
    let most = during.values().map(BTreeSet::len).max();
    during.into_iter().filter(|(_, of)| Some(of.len()) == most).map(|(meaning, _)| meaning).collect()
}

/// Reports whether the component that wrote a line serves calls to this service.
const fn is_its_own(by: Hop, called: Service) -> bool {
    match called {
        Service::Backend => matches!(by, Hop::Backend | Hop::Edge),
        Service::Auth => matches!(by, Hop::Auth),
    }
}

/// Returns what a line means. The status of a call to the auth service says more than the words around it.
fn line_means(entry: &LogEntry, target: &Target) -> Vec<Meaning> {
    let text = match message(entry) {
        Some(text) => text,
        None if entry.by == Hop::Edge => return meanings_of_flags(&entry.text),
        None => return Vec::new(),
    };
    let of_call = (entry.by == Hop::Backend).then(|| answered_by_auth(text, |line| names_auth(line, target)));
    match of_call.flatten() {
        Some(meaning) => vec![meaning],
        // What a writer calls usual is no failure of what it needs.
        None if entry.severity.is_some_and(|severity| severity < Severity::Warning) => {
            specific_meanings(text).into_iter().filter(|meaning| !is_of_a_call(*meaning, Hop::Backend)).collect()
        }
        None => specific_meanings(text),
    }
}

/// Returns what a line says beside the request and its status, which repeat the response.
fn message(entry: &LogEntry) -> Option<&str> {
    let Some(request) = &entry.request else {
        return access(&entry.text).is_none().then_some(entry.text.as_str());
    };
    let rest = entry.text.strip_prefix(request.method.as_str())?.trim_start().strip_prefix(request.path.as_str())?;
    rest.trim_start().strip_prefix(&request.status.to_string())?.strip_prefix(": ")
}

/// Reports whether a line has the name or the address of the auth service, or the path of its introspection.
fn names_auth(line: &str, target: &Target) -> bool {
    let url = target.auth_url();
    let address = url.and_then(|url| Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?)));
    let of_auth = target.endpoints.values().filter(|endpoint| endpoint.role == Role::Introspection);
    let paths = of_auth.map(|endpoint| endpoint.path.clone()).filter(|path| path.len() > 1);
    let name = target.names.auth.clone();
    address.into_iter().chain(paths).chain(name).any(|known| line.contains(&known))
}

/// Reports whether a line that means this tells how a call of its writer ended.
const fn is_of_a_call(meaning: Meaning, by: Hop) -> bool {
    use Meaning as M;
    if matches!(by, Hop::Edge) {
        return matches!(meaning, M::Unconnected | M::TlsFailed | M::Waited | M::Protocol);
    }
    matches!(
        meaning,
        M::AuthUnreachable
            | M::AuthLate
            | M::AuthFailed
            | M::CallDenied
            | M::CallGarbled
            | M::CallNotFound
            | M::CallThrottled
            | M::CallFailed
            | M::CallerRefused
            | M::CallerSecretRefused
            | M::CallerIdRefused
            | M::CallerUnset
            | M::Store
            | M::Database
            | M::Cache
    )
}
