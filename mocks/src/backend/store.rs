//! The messages, in memory. Unlike the real ones they survive a change of revision: two healthy ones must look like one.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Mutex;

use super::message::Message;
use super::query::Page;

/// Messages kept; older ones are dropped first.
const CAPACITY: usize = 10_000;

/// All messages of all users, oldest first.
#[derive(Default)]
pub(crate) struct MessageStore(Mutex<VecDeque<Message>>);

impl MessageStore {
    pub(super) fn add(&self, message: Message) {
        let mut messages = self.0.lock().expect("no holder panics");
        if messages.len() == CAPACITY {
            messages.pop_front();
        }
        messages.push_back(message);
    }

    pub(super) fn find(&self, id: &str) -> Option<Message> {
        self.0.lock().expect("no holder panics").iter().find(|message| message.id == id).cloned()
    }

    /// Removes one; nothing happens when it is gone already.
    pub(super) fn remove(&self, id: &str) {
        self.0.lock().expect("no holder panics").retain(|message| message.id != id);
    }

    /// The threads that `user` has written to.
    pub(super) fn threads(&self, user: &str) -> BTreeSet<String> {
        let messages = self.0.lock().expect("no holder panics");
        messages.iter().filter(|message| message.user_id == user).map(|message| message.thread_id.clone()).collect()
    }

    /// The messages of `user` on `page`, and how many there are in all.
    pub(super) fn page(&self, user: &str, page: &Page) -> (Vec<Message>, usize) {
        let messages = self.0.lock().expect("no holder panics");
        let wanted = |message: &&Message| {
            message.user_id == user && page.thread_id.as_ref().is_none_or(|thread| *thread == message.thread_id)
        };
        let total = messages.iter().filter(wanted).count();
        (messages.iter().filter(wanted).skip(page.offset).take(page.limit).cloned().collect(), total)
    }
}
