//! What all users saw: calls, latencies, examples of failures, and leaks.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use hdrhistogram::Histogram;

use crate::load::tally::call::{Call, CallKind, Name, Names};
use crate::objectives::Tally;
use crate::probe::Exchange;

/// Failures of different kinds of which an example is kept.
const EXAMPLES: usize = 30;
/// Leaks of which the exchange is kept.
const LEAKS: usize = 10;
/// Bytes of a body, and of all events or frames, that are kept of one exchange.
const KEPT: usize = 8 << 10;
/// The longest latency that a histogram tells from longer ones: an hour, in microseconds.
const LONGEST: u64 = 3_600_000_000;

/// How one call ended.
pub(crate) struct Ended {
    pub(crate) user: u32,
    pub(crate) step: u16,
    pub(crate) nth: u32,
    pub(crate) kind: CallKind,
    pub(crate) due_after: Duration,
    pub(crate) latency: Duration,
    pub(crate) endpoint: String,
    pub(crate) token_location: String,
    pub(crate) instance: Option<String>,
    pub(crate) revision: Option<String>,
    /// Why it is not served.
    pub(crate) failure: Option<String>,
}

/// Calls that failed in the same way.
pub(crate) struct Failure {
    pub(crate) step: u16,
    pub(crate) says: Name,
    pub(crate) calls: u64,
    pub(crate) users: BTreeSet<u32>,
    /// The place of an example among the kept exchanges.
    pub(crate) example: Option<usize>,
}

/// A marker that reached another user.
pub(crate) struct Leak {
    pub(crate) owner: usize,
    pub(crate) seen_by: usize,
    pub(crate) step: u16,
    /// The places of the exchanges among those that are kept.
    pub(crate) seen_in: usize,
    pub(crate) sent_in: Option<usize>,
}

/// Everything that is kept of a run with many users.
#[derive(Default)]
pub(crate) struct Ledger {
    pub(crate) names: Names,
    pub(crate) calls: Vec<Call>,
    pub(crate) latencies: BTreeMap<CallKind, (Histogram<u64>, u64)>,
    pub(crate) failures: HashMap<(u16, Name), Failure>,
    /// Not redacted yet.
    pub(crate) exchanges: Vec<Exchange>,
    /// For each user, the first exchange that sent the user's marker. Not redacted yet.
    sent: HashMap<usize, Exchange>,
    pub(crate) leaks: Vec<Leak>,
    pub(crate) leak_count: u64,
    pub(crate) unsent: u64,
    pub(crate) events: u64,
    pub(crate) open: u64,
    pub(crate) most_open: u64,
    /// Sockets that the server ended.
    pub(crate) sockets_lost: u64,
    pub(crate) not_cleaned: u64,
    /// What the calls measured of the objectives of the target.
    pub(crate) objectives: Tally,
}

impl Ledger {
    /// Records a call.
    pub(crate) fn record(&mut self, ended: Ended, exchange: Option<&Exchange>) {
        let is_served = ended.failure.is_none();
        self.measure(ended.kind, ended.latency, is_served);
        let mut name = |text: &str| self.names.name(text);
        let (Some(endpoint), Some(token_location)) = (name(&ended.endpoint), name(&ended.token_location)) else {
            return;
        };
        let (instance, revision) =
            (ended.instance.as_deref().and_then(&mut name), ended.revision.as_deref().and_then(&mut name));
        let second = u32::try_from(ended.due_after.as_secs()).unwrap_or(u32::MAX);
        let (user, step, nth) = (ended.user, ended.step, ended.nth);
        let call = Call { user, step, nth, second, is_served, endpoint, token_location, instance, revision };
        self.calls.push(call);
        if let Some(says) = ended.failure {
            self.fail(user, step, &says, exchange);
        }
    }

    fn measure(&mut self, kind: CallKind, latency: Duration, is_served: bool) {
        let (histogram, served) = self.latencies.entry(kind).or_insert_with(|| (empty(), 0));
        histogram.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX).max(1));
        *served += u64::from(is_served);
    }

    fn fail(&mut self, user: u32, step: u16, says: &str, exchange: Option<&Exchange>) {
        // A server that words each refusal anew counts as one kind of failure.
        let Some(says) = self.names.name(says).or_else(|| self.names.name("")) else { return };
        let is_new = !self.failures.contains_key(&(step, says));
        let example = exchange.filter(|_| is_new && self.failures.len() < EXAMPLES).map(|exchange| self.keep(exchange));
        let new = || Failure { step, says, calls: 0, users: BTreeSet::new(), example };
        let failure = self.failures.entry((step, says)).or_insert_with(new);
        failure.calls += 1;
        failure.users.insert(user);
    }

    /// Keeps an exchange and returns its place.
    fn keep(&mut self, exchange: &Exchange) -> usize {
        let mut kept = exchange.clone();
        kept.shorten(KEPT);
        self.exchanges.push(kept);
        self.exchanges.len() - 1
    }

    /// Notes the first exchange in which a user sent the marker.
    pub(crate) fn note_sent(&mut self, user: usize, exchange: &Exchange) {
        self.sent.entry(user).or_insert_with(|| {
            let mut kept = exchange.clone();
            kept.shorten(512);
            kept
        });
    }

    /// Reports whether an exchange in which this user sent the marker is known.
    pub(crate) fn knows_sent(&self, user: usize) -> bool {
        self.sent.contains_key(&user)
    }

    /// Records that a user received the marker of another.
    pub(crate) fn leak(&mut self, owner: usize, seen_by: usize, step: u16, exchange: &Exchange) {
        self.leak_count += 1;
        if self.leaks.len() < LEAKS {
            let seen_in = self.keep_leak(exchange);
            self.leaks.push(Leak { owner, seen_by, step, seen_in, sent_in: None });
        }
    }

    /// Keeps the exchanges in which the owners of leaked markers sent them. Called at the end: a marker may leak before the
    /// owner's own call ends.
    pub(crate) fn settle_leaks(&mut self) {
        let mut kept: HashMap<usize, usize> = HashMap::new();
        for at in 0..self.leaks.len() {
            let owner = self.leaks[at].owner;
            if !kept.contains_key(&owner)
                && let Some(sent) = self.sent.remove(&owner)
            {
                kept.insert(owner, self.keep(&sent));
            }
            self.leaks[at].sent_in = kept.get(&owner).copied();
        }
    }

    /// Keeps an exchange that proves a leak: whole, up to what a report keeps.
    fn keep_leak(&mut self, exchange: &Exchange) -> usize {
        let mut kept = exchange.clone();
        kept.shorten(64 << 10);
        self.exchanges.push(kept);
        self.exchanges.len() - 1
    }

    /// Counts a call that was due and never sent.
    pub(crate) fn unsent(&mut self, ended: Ended) {
        self.unsent += 1;
        self.record(ended, None);
    }

    /// Counts a socket that opened or closed.
    pub(crate) fn socket(&mut self, is_open: bool) {
        self.open = if is_open { self.open + 1 } else { self.open.saturating_sub(1) };
        self.most_open = self.most_open.max(self.open);
    }
}

/// Returns an empty histogram: microseconds, with three significant digits.
pub(crate) fn empty() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST, 3).expect("the bounds are constants")
}
