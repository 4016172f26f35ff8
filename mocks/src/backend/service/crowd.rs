//! What the backend does only under many users: mixes up events, limits each user, or fails on one of its instances.

use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::backend::Backend;
use crate::backend::error::{ApiError, Origin};
use crate::terms::LoadFault;

/// The calls of each user that a backend with a limit serves.
const CALLS_OF_A_USER: u32 = 4;
/// Of so many event streams, one gets a foreign event.
const ONE_IN: usize = 5;
/// The instances behind one address.
const INSTANCES: [&str; 3] = ["backend-a", "backend-b", "backend-c"];

/// What the backend remembers of its users.
#[derive(Default)]
pub(crate) struct Crowd {
    faults: BTreeSet<LoadFault>,
    calls: Mutex<HashMap<String, u32>>,
    last: Mutex<Option<(String, Value)>>,
    streams: AtomicUsize,
    requests: AtomicUsize,
}

impl Crowd {
    pub(crate) fn new(faults: &[LoadFault]) -> Self {
        Self { faults: faults.iter().copied().collect(), ..Self::default() }
    }

    fn has(&self, fault: LoadFault) -> bool {
        self.faults.contains(&fault)
    }

    /// Returns the instance that takes the next request, and whether it is the bad one. `None`: there is one instance.
    pub(crate) fn instance(&self) -> Option<(&'static str, bool)> {
        let place = self.has(LoadFault::BadInstance).then(|| self.requests.fetch_add(1, Ordering::Relaxed) % 3)?;
        Some((INSTANCES[place], place == 1))
    }

    /// Counts a call and reports whether the user's limit allows it.
    fn allows(&self, user: &str) -> bool {
        if !self.has(LoadFault::UserLimit) {
            return true;
        }
        let mut calls = self.calls.lock().expect("no holder panics");
        let count = calls.entry(user.to_owned()).or_default();
        *count += 1;
        *count <= CALLS_OF_A_USER
    }

    /// Returns the events that reach `user`: with a leak, also the last event of another user.
    pub(crate) fn mixed(&self, user: &str, mut events: Vec<Value>) -> Vec<Value> {
        if !self.has(LoadFault::Leak) {
            return events;
        }
        let mut last = self.last.lock().expect("no holder panics");
        let own = events.iter().rev().find(|event| event.to_string().contains("processed your message")).cloned();
        if let Some((owner, event)) = &*last
            && owner != user
            && self.streams.fetch_add(1, Ordering::Relaxed) % ONE_IN == ONE_IN - 1
        {
            events.insert(events.len().saturating_sub(1), event.clone());
        }
        *last = own.map(|event| (user.to_owned(), event)).or(last.take());
        events
    }
}

impl Backend {
    /// Refuses a call above the limit of its user.
    pub(crate) fn within_limit(&self, user: &str) -> Result<(), ApiError> {
        if self.crowd.allows(user) {
            return Ok(());
        }
        let message = "Too many requests of this user";
        Err(ApiError::too_many(message, Origin::READ_MESSAGE))
    }
}
