//! Finds the recorded call for a request.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::recorded::{Credential, Ending, Entrance, RecordedCall};

/// How many recorded calls a miss names.
const NEAREST: usize = 5;

/// What makes two calls the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) entrance: Entrance,
    pub(super) path: String,
    pub(super) method: String,
    pub(super) is_socket: bool,
    pub(super) credential: Credential,
}

impl Key {
    fn of(call: &RecordedCall) -> Self {
        Self {
            entrance: call.entrance,
            path: call.path.clone(),
            method: call.method.to_ascii_uppercase(),
            is_socket: call.is_socket,
            credential: call.credential.clone(),
        }
    }

    /// Returns how much two keys differ: first by server and path, then by method, then by the credential.
    fn distance(&self, other: &Self) -> u32 {
        let (own, theirs) = (&self.credential, &other.credential);
        let differs = [
            (self.path != other.path, 32),
            (self.entrance != other.entrance, 16),
            (self.method != other.method || self.is_socket != other.is_socket, 8),
            (own.token != theirs.token, 4),
            (own.location != theirs.location, 2),
            (own.caller != theirs.caller || own.user != theirs.user, 1),
        ];
        differs.into_iter().map(|(differs, weight)| if differs { weight } else { 0 }).sum()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Credential { token, location, caller, user } = &self.credential;
        let socket = if self.is_socket { " as a WebSocket" } else { "" };
        write!(f, "{} {}{socket} at the {}, token {token}", self.method, self.path, self.entrance.as_str())?;
        for (name, value) in [("in the ", location), ("caller ", caller), ("user ", user)] {
            if !value.is_empty() {
                write!(f, ", {name}{value}")?;
            }
        }
        Ok(())
    }
}

/// A request that the recording lacks. Its text names the request and the nearest recorded calls.
#[derive(Clone, Debug)]
pub struct Miss {
    /// The request: method, path, server and credential.
    pub asked: String,
    /// The nearest recorded calls, the nearest first.
    pub nearest: Vec<String>,
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the recording has no {}", self.asked)?;
        match self.nearest.first() {
            Some(nearest) => write!(f, "; the nearest is {nearest}"),
            None => Ok(()),
        }
    }
}

/// The recorded calls by key, and how often each key was asked for.
pub(super) struct Book {
    calls: BTreeMap<Key, Vec<Arc<RecordedCall>>>,
    served: Mutex<BTreeMap<Key, usize>>,
    missed: Mutex<BTreeSet<Key>>,
    on_miss: Box<dyn Fn(&Miss) + Send + Sync>,
}

impl Book {
    pub(super) fn new(calls: Vec<RecordedCall>, on_miss: Box<dyn Fn(&Miss) + Send + Sync>) -> Self {
        let mut book = Self { calls: BTreeMap::new(), served: Mutex::default(), missed: Mutex::default(), on_miss };
        for call in calls {
            book.calls.entry(Key::of(&call)).or_default().push(Arc::new(call));
        }
        book
    }

    /// Returns the recorded call for the first key that the recording has. The calls of one key come in order, and the
    /// last one again and again.
    pub(super) fn next(&self, keys: &[Key]) -> Result<Arc<RecordedCall>, Miss> {
        let found = keys.iter().find_map(|key| Some((key, self.calls.get(key)?)));
        let Some((key, calls)) = found else { return Err(self.miss(keys)) };
        let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        let count = served.entry(key.clone()).or_default();
        let call = calls.get(*count).or_else(|| calls.last()).cloned();
        *count += 1;
        call.ok_or_else(|| self.miss(keys))
    }

    /// Returns the recorded call with this number.
    pub(super) fn numbered(&self, number: usize) -> Option<Arc<RecordedCall>> {
        self.calls.values().flatten().find(|call| call.number == number).cloned()
    }

    /// Reports a miss, once for each key.
    fn miss(&self, keys: &[Key]) -> Miss {
        let Some(key) = keys.first() else { return Miss { asked: String::new(), nearest: Vec::new() } };
        let mut others: Vec<&Key> = self.calls.keys().collect();
        others.sort_by_key(|other| key.distance(other));
        let nearest = others.into_iter().take(NEAREST).map(Key::to_string).collect();
        let miss = Miss { asked: key.to_string(), nearest };
        if self.missed.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone()) {
            (self.on_miss)(&miss);
        }
        miss
    }

    /// Reports whether a server refused every connection of the recording.
    pub(super) fn refuses(&self, entrance: Entrance) -> bool {
        let mut endings = self.of(entrance).map(|call| &call.answer.ending).peekable();
        endings.peek().is_some() && endings.all(|ending| *ending == Ending::Refused)
    }

    /// Reports whether the recording has a call to this server.
    pub(super) fn has(&self, entrance: Entrance) -> bool {
        self.of(entrance).next().is_some()
    }

    fn of(&self, entrance: Entrance) -> impl Iterator<Item = &RecordedCall> {
        let calls = self.calls.iter().filter(move |(key, _)| key.entrance == entrance);
        calls.flat_map(|(_, calls)| calls.iter().map(AsRef::as_ref))
    }

    /// Lists what the replay cannot repeat, one sentence for each key.
    pub(super) fn unrepeatable(&self) -> Vec<String> {
        let mut said = BTreeSet::new();
        for (key, call) in self.calls.iter().flat_map(|(key, calls)| calls.iter().map(move |call| (key, call))) {
            match &call.answer.ending {
                Ending::Unrepeatable(what) => said.insert(format!("{key}: {what}; the replay answers 501")),
                Ending::Refused if !self.refuses(key.entrance) => said.insert(format!(
                    "{key}: the connection was refused, but other calls to the same server were answered; the replay \
                     closes the connection"
                )),
                _ => false,
            };
        }
        said.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::replay::recorded::RecordedAnswer;

    fn call(number: usize, path: &str, token: &str, ending: Ending) -> RecordedCall {
        RecordedCall {
            number,
            entrance: Entrance::Edge,
            method: "get".to_owned(),
            path: path.to_owned(),
            is_socket: false,
            credential: Credential { token: token.to_owned(), ..Credential::default() },
            answer: RecordedAnswer { ending, ..RecordedAnswer::default() },
        }
    }

    fn book(calls: Vec<RecordedCall>) -> Book {
        Book::new(calls, Box::new(|_| {}))
    }

    fn key(path: &str, token: &str) -> Key {
        Key { method: "GET".to_owned(), ..Key::of(&call(0, path, token, Ending::Complete)) }
    }

    #[test]
    fn calls_of_one_key_come_in_order_and_the_last_one_again() {
        let book = book(vec![call(1, "/a", "valid", Ending::Complete), call(2, "/a", "valid", Ending::HungUp)]);
        let next = || book.next(&[key("/a", "valid")]).expect("it is recorded").number;
        assert_eq!([next(), next(), next()], [1, 2, 2]);
    }

    #[test]
    fn the_first_known_key_decides() {
        let book = book(vec![call(1, "/a", "valid", Ending::Complete), call(2, "/a", "issued", Ending::Complete)]);
        let keys = [key("/a", "revoked"), key("/a", "issued")];
        assert_eq!(book.next(&keys).expect("it is recorded").number, 2);
    }

    #[test]
    fn a_miss_names_the_nearest_calls_and_is_reported_once() {
        let reports = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&reports);
        let count = move |_: &Miss| {
            counted.fetch_add(1, Ordering::Relaxed);
        };
        let recorded = vec![call(1, "/b", "valid", Ending::Complete), call(2, "/a", "valid", Ending::Complete)];
        let book = Book::new(recorded, Box::new(count));
        for _ in 0..3 {
            let miss = book.next(&[key("/a", "expired")]).expect_err("it is not recorded");
            assert!(miss.nearest[0].starts_with("GET /a at the edge, token valid"), "{miss}");
        }
        assert_eq!(reports.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_server_refuses_only_when_every_call_was_refused() {
        let refused = || call(1, "/a", "none", Ending::Refused);
        assert!(book(vec![refused()]).refuses(Entrance::Edge));
        let mixed = book(vec![refused(), call(2, "/b", "none", Ending::Complete)]);
        assert!(!mixed.refuses(Entrance::Edge) && !mixed.refuses(Entrance::Auth));
        assert_eq!(mixed.unrepeatable().len(), 1);
    }
}
