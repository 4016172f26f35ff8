//! What the components say in their logs about the probes that they did not serve.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Target;
use crate::diagnose::logs::access::{Answer, access};
use crate::diagnose::logs::attribution::Logbook;
use crate::diagnose::logs::window::Window;
use crate::evidence::{LogEntry, Severity};
use crate::observe::{Observation, Outcome};
use crate::statements::{Meaning, answered_by_auth, meanings_of_flags, specific_meanings};
use crate::terms::{Hop, Role, Service};

/// What was said about each exchange that did not succeed.
pub(crate) type Said = BTreeMap<u32, Vec<Meaning>>;

/// What the components wrote while probes were under way. Each line is read once.
pub(crate) struct Told<'l, 'a> {
    logbook: &'l Logbook<'a>,
    target: &'l Target,
    lines: Vec<Line<'l>>,
}

struct Line<'l> {
    entry: &'l LogEntry,
    /// The exchanges that were under way.
    during: BTreeSet<u32>,
    means: Vec<Meaning>,
}

impl<'l, 'a> Told<'l, 'a> {
    /// Reads the lines of the components. The request log of the platform is none of them.
    pub(crate) fn of(logbook: &'l Logbook<'a>, target: &'l Target) -> Self {
        let own = logbook.near_probes().filter(|entry| entry.platform_request().is_none());
        let read = |entry| {
            let during = logbook.exchanges_of(entry);
            (!during.is_empty()).then(|| Line { entry, during, means: line_means(entry, target) })
        };
        Self { logbook, target, lines: own.filter_map(read).collect() }
    }

    /// Returns what the component that was called says, during each exchange. What it also says while only calls that
    /// succeed are under way says nothing.
    pub(crate) fn said(&self, all: &[&Observation]) -> Said {
        let service = |seen: &Observation| Some(self.target.endpoints.get(&seen.probe.endpoint)?.service);
        let of: BTreeMap<u32, (&Observation, Service)> =
            all.iter().filter_map(|seen| Some((seen.exchange, (*seen, service(seen)?)))).collect();
        let (mut said, mut usual) = (Said::new(), BTreeSet::<Meaning>::new());
        for Line { entry, during, means } in &self.lines {
            let called = during.iter().filter_map(|exchange| of.get(exchange)).filter(|of| is_its_own(entry.by, of.1));
            let called: Vec<&Observation> =
                called.map(|(seen, _)| *seen).filter(|seen| reached(entry.by, seen)).collect();
            let mut failing = called.clone();
            failing.retain(|seen| seen.result != Outcome::Ok);
            if failing.is_empty() {
                usual.extend(means.iter().filter(|_| !called.is_empty()));
                continue;
            }
            // Of several, the last one that was sent is the likeliest.
            let last = self.logbook.window_of(entry).map(Window::exchange);
            if failing.iter().any(|seen| Some(seen.exchange) == last) {
                failing.retain(|seen| Some(seen.exchange) == last);
            }
            for seen in failing {
                let said = said.entry(seen.exchange).or_default();
                said.extend(means);
                if seen.result == Outcome::NotFound && entry.by == Hop::Backend {
                    said.extend(access(&entry.text).and_then(|line| line.route(&seen.probe.endpoint, self.target)));
                }
            }
        }
        said.values_mut().for_each(|meanings| meanings.retain(|meaning| !usual.contains(meaning)));
        said.retain(|_, meanings| !meanings.is_empty());
        said
    }

    /// Returns what the edge and the backend log about their own calls to other services, during most failed calls that
    /// lead to them. What they also log during most such calls that work says nothing.
    ///
    /// One line in the log of the component that failed says more than the words of a response.
    pub(crate) fn called_in_vain(&self, failed: &BTreeSet<u32>, working: &BTreeSet<u32>) -> Vec<Meaning> {
        let usual = self.of_calls(working);
        let mut in_vain = self.of_calls(failed);
        in_vain.retain(|meaning| !usual.contains(meaning));
        in_vain
    }

    /// Returns what the edge and the backend log about their own calls during most of these exchanges.
    fn of_calls(&self, exchanges: &BTreeSet<u32>) -> Vec<Meaning> {
        let by_a_caller = self.lines.iter().filter(|line| matches!(line.entry.by, Hop::Backend | Hop::Edge));
        let of_calls = by_a_caller.flat_map(|line| {
            let during: Vec<u32> = line.during.intersection(exchanges).copied().collect();
            let means = line.means.iter().filter(|meaning| is_of_a_call(**meaning, line.entry.by));
            means.map(move |meaning| (*meaning, during.clone()))
        });
        in_most(of_calls, exchanges.len())
    }

    /// Returns what the auth service logged during most failed calls of the backend. A line counts for the last probe that
    /// was sent before it: others carry bad tokens, about which the auth service has more to say.
    pub(crate) fn auth_said(&self, exchanges: &BTreeSet<u32>) -> Vec<Meaning> {
        let owned = |line: &Line<'_>| Some(self.logbook.window_of(line.entry)?.exchange());
        let by_auth = self.lines.iter().filter(|line| line.entry.by == Hop::Auth);
        let by_auth: Vec<(&Line<'_>, u32)> = by_auth
            .filter_map(|line| Some((line, owned(line)?)))
            .filter(|(_, exchange)| exchanges.contains(exchange))
            .collect();
        let all: BTreeSet<u32> = by_auth.iter().map(|(_, exchange)| *exchange).collect();
        let told = by_auth.iter().flat_map(|(line, exchange)| line.means.iter().map(|one| (*one, vec![*exchange])));
        in_most(told, all.len())
    }
}

impl Logbook<'_> {
    /// Reports whether the backend wrote an access line during a failing probe: then it runs.
    pub(crate) fn backend_is_at_work(&self) -> bool {
        let own = |entry: &&LogEntry| entry.is_own_line_of(Hop::Backend);
        let is_of_a_failure = |entry: &LogEntry| self.failing().any(|window| self.is_in(entry, window));
        self.of_probes().filter(own).any(|entry| is_of_a_failure(entry) && access(&entry.text).is_some())
    }
}

/// Returns the meanings that the most exchanges share, if these are most of all.
fn in_most(told: impl Iterator<Item = (Meaning, Vec<u32>)>, all: usize) -> Vec<Meaning> {
    let mut during: BTreeMap<Meaning, BTreeSet<u32>> = BTreeMap::new();
    for (meaning, exchanges) in told {
        during.entry(meaning).or_default().extend(exchanges);
    }
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

/// Reports whether the request can have reached the writer of a line: what the edge refuses does not reach the backend.
fn reached(by: Hop, seen: &Observation) -> bool {
    let is_refused_before = seen.answered_by == Hop::Edge && !seen.maker_is_hint && seen.result == Outcome::Denied;
    !(by == Hop::Backend && is_refused_before)
}

/// Returns what a line means. The status of a call to the auth service says more than the words around it.
fn line_means(entry: &LogEntry, target: &Target) -> Vec<Meaning> {
    let text = match message(entry) {
        Some(text) => text,
        None if entry.by == Hop::Edge => return meanings_of_flags(&entry.text),
        None => return Vec::new(),
    };
    let is_of_backend = entry.by == Hop::Backend;
    let of_call = is_of_backend.then(|| answered_by_auth(text, |line| names_auth(line, target)));
    if let Some(meaning) = of_call.flatten() {
        return vec![meaning];
    }
    let all = specific_meanings(text);
    if let Some(meaning) = unanswered_by_auth(&all, text, target).filter(|_| is_of_backend) {
        return vec![meaning];
    }
    // What a writer calls usual is no failure of what it needs. For an auth service, to refuse a client is usual.
    if entry.severity.is_some_and(|severity| severity < Severity::Warning) {
        let refuses = |meaning: Meaning| entry.by == Hop::Auth && is_of_a_client(meaning);
        return all.into_iter().filter(|one| refuses(*one) || !is_of_a_call(*one, Hop::Backend)).collect();
    }
    let has_flags = all.is_empty() && entry.by == Hop::Edge && access(text).is_some();
    if has_flags { meanings_of_flags(text) } else { all }
}

/// Returns what a line says beside the request and its status, which repeat the response. An error may name its request.
fn message(entry: &LogEntry) -> Option<&str> {
    let Some(request) = &entry.request else {
        let is_of_access = access(&entry.text).is_some_and(|line| line.answer != Answer::Untold);
        return (!is_of_access).then_some(entry.text.as_str());
    };
    let rest = entry.text.strip_prefix(request.method.as_str())?.trim_start().strip_prefix(request.path.as_str())?;
    rest.trim_start().strip_prefix(&request.status.to_string())?.strip_prefix(": ")
}

/// Returns what a line says of a call that got no answer, if it names the address of the auth service.
fn unanswered_by_auth(means: &[Meaning], line: &str, target: &Target) -> Option<Meaning> {
    let is_named = || address_of_auth(target).is_some_and(|address| line.contains(&address));
    match means {
        [Meaning::Waited] if is_named() => Some(Meaning::AuthLate),
        [Meaning::Unconnected] if is_named() => Some(Meaning::AuthUnreachable),
        _ => None,
    }
}

/// Returns the host and the port of the auth service.
fn address_of_auth(target: &Target) -> Option<String> {
    let url = target.auth_url()?;
    Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
}

/// Reports whether a line has the name or the address of the auth service, or the path of its introspection.
fn names_auth(line: &str, target: &Target) -> bool {
    let address = address_of_auth(target);
    let of_auth = target.endpoints.values().filter(|endpoint| endpoint.role == Role::Introspection);
    let paths = of_auth.map(|endpoint| endpoint.path.clone()).filter(|path| path.len() > 1);
    let name = target.names.auth.clone();
    address.into_iter().chain(paths).chain(name).any(|known| line.contains(&known))
}

/// Reports whether an auth service that means this refused the client that called it.
const fn is_of_a_client(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::CallerRefused | Meaning::CallerSecretRefused | Meaning::CallerIdRefused)
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
            | M::NoWrites
            | M::Cache
    )
}
