//! What the auth service's own log has of the questions that the backend asks it.

use std::collections::{BTreeMap, BTreeSet};

use fivewhys_path::CallSeen;
use jiff::SignedDuration;

use crate::config::Target;
use crate::diagnose::logs::access::{Answer, access};
use crate::diagnose::logs::attribution::Logbook;
use crate::diagnose::logs::overlap::{is_coarse, latest};
use crate::diagnose::logs::window::Window;
use crate::evidence::{LogEntry, milliseconds};
use crate::observe::{Observation, Outcome};
use crate::terms::{Hop, Role, Service};

/// The requests for one path that fivewhys did not send.
#[derive(Debug, Default)]
struct Asked {
    by_answer: BTreeMap<CallSeen, usize>,
    /// The exchanges that were under way.
    during: BTreeSet<u32>,
}

impl Logbook<'_> {
    /// Returns how the auth service answered the backend during the run, by the access lines of its own log. `None`: the
    /// log has no such lines, or they do not tell.
    ///
    /// Many access logs tell only the second: their times are not compared with single probes.
    pub(crate) fn call_seen(&self, all: &[&Observation], target: &Target) -> Option<CallSeen> {
        let mut lines: Vec<Line<'_>> = self.of_the_run().filter_map(|entry| Line::of(entry, target)).collect();
        if lines.is_empty() {
            return None;
        }
        let failed = failed(all, target);
        lines.iter_mut().for_each(|line| line.late_for = self.late_for(line, &failed));
        let is_in_step = self.is_in_step();
        let mut asked = self.asked(&lines, all, target);
        if asked.is_empty() {
            return Some(CallSeen::Nothing);
        }
        // Where the times are exact, one call that asks several times counts once.
        asked.retain(|_, one| one.count(is_in_step.then_some(&failed)) * OFTEN >= failed.len());
        if asked.is_empty() {
            return None;
        }
        let some_work = all.iter().any(|seen| leads_to_auth(seen, target) && seen.result == Outcome::Ok);
        let failing = asked.values().filter_map(|asked| asked.failing(some_work)).max();
        Some(failing.map_or(CallSeen::Answered, |(_, seen)| seen))
    }

    /// Returns what the backend asked, by path.
    fn asked<'l>(&self, lines: &'l [Line<'_>], all: &[&Observation], target: &Target) -> BTreeMap<&'l str, Asked> {
        let is_in_step = self.is_in_step();
        let mut ours = ours(all, target);
        let mut asked: BTreeMap<&str, Asked> = BTreeMap::new();
        for line in lines {
            let is_beside = line.seen != CallSeen::Answered
                && (self.is_of_successes(line.entry, all) || (is_in_step && self.is_of_others(line.entry)));
            if line.is_ours || is_beside || is_only_for_others(line, target) || took(&mut ours, line) {
                continue;
            }
            let asked = asked.entry(line.path).or_default();
            *asked.by_answer.entry(line.seen_by_the_backend()).or_default() += 1;
            asked.during.extend(self.exchanges_of(line.entry));
            asked.during.extend(&line.late_for);
        }
        asked
    }

    /// Returns the failing calls that this answer came too late for: they failed after a wait that it took up.
    fn late_for(&self, line: &Line<'_>, failed: &BTreeSet<u32>) -> BTreeSet<u32> {
        let Some(took) = line.took_ms.filter(|took| line.seen == CallSeen::Answered && *took >= LATE_MS) else {
            return BTreeSet::new();
        };
        let (at, took) = (line.entry.at, SignedDuration::from_millis(took.into()));
        // Some servers write when the request came, others when it was answered.
        let Ok((from, to)) = at.checked_sub(took).and_then(|from| Ok((from, latest(line.entry).checked_add(took)?)))
        else {
            return BTreeSet::new();
        };
        let filled = |one: &&Window| {
            let lasted = one.ended.duration_since(one.from).as_secs_f64();
            one.from <= to && from <= one.ended && took.as_secs_f64() >= FILLED * lasted
        };
        let of_failures = self.windows().iter().filter(|one| failed.contains(&one.exchange));
        of_failures.filter(filled).map(|one| one.exchange).collect()
    }

    /// Reports whether the auth service wrote a line with an exact time while a probe was under way: then its clock and ours
    /// agree.
    fn is_in_step(&self) -> bool {
        let exact = |entry: &&LogEntry| entry.by == Hop::Auth && !is_coarse(entry);
        self.of_the_run().filter(exact).any(|entry| !self.exchanges_of(entry).is_empty())
    }

    /// Reports whether no probe was under way when this was written.
    fn is_of_others(&self, entry: &LogEntry) -> bool {
        entry.timed && !is_coarse(entry) && self.exchanges_of(entry).is_empty()
    }

    /// Reports whether only calls that succeed were under way when this was written.
    fn is_of_successes(&self, entry: &LogEntry, all: &[&Observation]) -> bool {
        let during = self.exchanges_of(entry);
        let mut of = all.iter().filter(|seen| during.contains(&seen.exchange)).peekable();
        of.peek().is_some() && of.all(|seen| seen.result == Outcome::Ok)
    }
}

/// An answer that took fewer milliseconds is not late: few services wait for less.
const LATE_MS: u32 = 1000;
/// An answer that came too late took at least this share of the call that waited for it.
const FILLED: f64 = 0.9;

/// The backend asks a question about a token at least once in so many calls that fail. Others log in, now and then.
const OFTEN: usize = 2;

impl Asked {
    /// Counts the requests, or else those of these exchanges during which there was one.
    fn count(&self, exchanges: Option<&BTreeSet<u32>>) -> usize {
        match exchanges {
            Some(exchanges) => self.during.intersection(exchanges).count(),
            None => self.by_answer.values().sum(),
        }
    }

    /// Returns how the requests for this path fail, and how many do.
    fn failing(&self, some_work: bool) -> Option<(usize, CallSeen)> {
        let count = |seen: CallSeen| self.by_answer.get(&seen).copied().unwrap_or_default();
        let late = count(CallSeen::AnsweredLate);
        let answered = count(CallSeen::Answered) + late;
        // A bad token of a negative control is refused too, and refused sooner.
        let is_of_the_token = |seen: CallSeen| seen == CallSeen::Refused && answered > 0;
        let failing = self.by_answer.iter().filter(|(seen, _)| **seen != CallSeen::Answered);
        let (seen, count) =
            failing.filter(|(seen, _)| late == 0 || !is_of_the_token(**seen)).max_by_key(|(_, count)| **count)?;
        let waits = matches!(seen, CallSeen::Unfinished | CallSeen::AnsweredLate);
        let tells = answered == 0 || waits || (some_work && !is_of_the_token(*seen));
        tells.then_some((*count, *seen))
    }
}

/// An access line of the auth service.
struct Line<'a> {
    entry: &'a LogEntry,
    method: &'a str,
    path: &'a str,
    seen: CallSeen,
    took_ms: Option<u32>,
    /// The failing calls that the answer came too late for.
    late_for: BTreeSet<u32>,
    is_ours: bool,
}

impl<'a> Line<'a> {
    fn of(entry: &'a LogEntry, target: &Target) -> Option<Self> {
        if !entry.is_own_line_of(Hop::Auth) {
            return None;
        }
        let (method, path, answer, took_ms, is_ours) = match &entry.request {
            Some(request) => {
                let answer = if request.status == 0 { Answer::None } else { Answer::Status(request.status) };
                (request.method.as_str(), request.path.as_str(), answer, request.latency_ms, request.is_ours())
            }
            None => {
                let (line, is_ours) = (access(&entry.text)?, entry.text.contains("fivewhys/"));
                (line.method, line.path, line.answer, milliseconds(&entry.text), is_ours)
            }
        };
        let path = path_of(path);
        let names_a_user = target.users.iter().any(|user| path.contains(&user.sub) || path.contains(&user.email));
        let seen = match answer {
            Answer::Untold => return None,
            // The route is there, and has nothing about this user.
            Answer::Status(404) if names_a_user => CallSeen::Answered,
            Answer::None => CallSeen::Unfinished,
            Answer::Status(status) => by_status(status),
        };
        Some(Self { entry, method, path, seen, took_ms, late_for: BTreeSet::new(), is_ours })
    }

    fn seen_by_the_backend(&self) -> CallSeen {
        if self.late_for.is_empty() { self.seen } else { CallSeen::AnsweredLate }
    }
}

const fn by_status(status: u16) -> CallSeen {
    match status {
        404 | 405 | 410 => CallSeen::NoRoute,
        408 | 499 => CallSeen::Unfinished,
        429 => CallSeen::Throttled,
        400..=498 => CallSeen::Refused,
        500.. => CallSeen::Failed,
        _ => CallSeen::Answered,
    }
}

/// Reports whether the backend may ask the auth service about this call.
fn leads_to_auth(seen: &Observation, target: &Target) -> bool {
    let of = target.endpoints.get(&seen.probe.endpoint);
    of.is_some_and(|of| of.service == Service::Backend && of.role == Role::Protected)
}

/// Returns the calls with a good token that failed and about which the backend may ask.
fn failed(all: &[&Observation], target: &Target) -> BTreeSet<u32> {
    let is_good = |seen: &&&Observation| seen.probe.token.should_be_accepted() && seen.result != Outcome::Ok;
    let of_a_token = all.iter().filter(is_good).filter(|seen| leads_to_auth(seen, target));
    of_a_token.map(|seen| seen.exchange).collect()
}

/// Our own requests, by method, path and answer.
type Ours<'t> = BTreeMap<(&'t str, &'t str, CallSeen), usize>;

/// Counts our own requests to the auth service, for logs that do not name the client.
fn ours<'t>(all: &[&Observation], target: &'t Target) -> Ours<'t> {
    let mut ours = Ours::new();
    for seen in all {
        let Some(endpoint) = target.endpoints.get(&seen.probe.endpoint).filter(|of| of.service == Service::Auth) else {
            continue;
        };
        let status = seen.status.map_or(CallSeen::Unfinished, by_status);
        *ours.entry((endpoint.method.as_str(), path_of(&endpoint.path), status)).or_default() += 1;
    }
    ours
}

/// Takes one of our own requests off the count, if there is one like this line.
fn took(ours: &mut Ours<'_>, line: &Line<'_>) -> bool {
    let is_it =
        |(method, path, seen): &(&str, &str, CallSeen)| (*method, *path, *seen) == (line.method, line.path, line.seen);
    match ours.iter_mut().find(|(of, left)| is_it(of) && **left > 0) {
        Some((_, left)) => {
            *left -= 1;
            true
        }
        None => false,
    }
}

/// Reports whether clients and probes of the platform call this path: logins, health checks.
fn is_only_for_others(line: &Line<'_>, target: &Target) -> bool {
    let of_auth = target.endpoints.values().filter(|endpoint| endpoint.service == Service::Auth);
    let mut named = of_auth.filter(|endpoint| path_of(&endpoint.path) == line.path);
    named.any(|endpoint| endpoint.role != Role::Introspection)
}

fn path_of(path: &str) -> &str {
    path.split('?').next().unwrap_or(path)
}
