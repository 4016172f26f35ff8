//! The message store, in memory, and the pages of its list.
//!
//! Unlike the real store, it is shared by all revisions: two healthy revisions must look like one.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::ops::RangeInclusive;
use std::sync::Mutex;

use serde_json::json;

use super::message::Message;
use crate::backend::error::Problem;

/// The number of messages kept; the oldest are dropped first.
const CAPACITY: usize = 10_000;

/// All messages of all users, oldest first.
#[derive(Default)]
pub(crate) struct MessageStore(Mutex<VecDeque<Message>>);

impl MessageStore {
    /// Adds a message.
    pub(crate) fn add(&self, message: Message) {
        let mut messages = self.0.lock().expect("no holder panics");
        if messages.len() == CAPACITY {
            messages.pop_front();
        }
        messages.push_back(message);
    }

    /// Returns the message with this id.
    pub(crate) fn find(&self, id: &str) -> Option<Message> {
        self.0.lock().expect("no holder panics").iter().find(|message| message.id == id).cloned()
    }

    /// Removes a message, if it is there.
    pub(crate) fn remove(&self, id: &str) {
        self.0.lock().expect("no holder panics").retain(|message| message.id != id);
    }

    /// Returns the threads that `user` has written to.
    pub(crate) fn threads(&self, user: &str) -> BTreeSet<String> {
        let messages = self.0.lock().expect("no holder panics");
        messages.iter().filter(|message| message.user_id == user).map(|message| message.thread_id.clone()).collect()
    }

    /// Returns the messages of `user` on `page`, and the number of their messages on all pages.
    pub(crate) fn page(&self, user: &str, page: &Page) -> (Vec<Message>, usize) {
        let messages = self.0.lock().expect("no holder panics");
        let wanted = |message: &&Message| {
            message.user_id == user && page.thread_id.as_ref().is_none_or(|thread| *thread == message.thread_id)
        };
        let total = messages.iter().filter(wanted).count();
        (messages.iter().filter(wanted).skip(page.offset).take(page.limit).cloned().collect(), total)
    }
}

/// A page of the message list.
pub(crate) struct Page {
    pub(crate) thread_id: Option<String>,
    pub(crate) limit: usize,
    pub(crate) offset: usize,
}

impl Page {
    /// Reads the query: `thread_id`, `limit` (1 to 100, default 50), `offset` (default 0).
    pub(crate) fn from_query(query: &HashMap<String, String>) -> Result<Self, Vec<Problem>> {
        let limit = number(query, "limit", 50, 1..=100).map_err(|problem| vec![problem])?;
        let offset = number(query, "offset", 0, 0..=usize::MAX).map_err(|problem| vec![problem])?;
        Ok(Self { thread_id: query.get("thread_id").cloned(), limit, offset })
    }
}

fn number(
    query: &HashMap<String, String>,
    name: &str,
    default: usize,
    range: RangeInclusive<usize>,
) -> Result<usize, Problem> {
    let Some(text) = query.get(name) else { return Ok(default) };
    let loc = ["query", name];
    let Ok(value) = text.parse::<usize>() else {
        let msg = "Input should be a valid integer, unable to parse string as an integer";
        return Err(Problem::new("int_parsing", &loc, msg, &json!(text)));
    };
    if value < *range.start() {
        let (limit, msg) = (*range.start(), format!("Input should be greater than or equal to {}", range.start()));
        return Err(Problem::new("greater_than_equal", &loc, &msg, &json!(text)).with_limit("ge", limit));
    }
    if value > *range.end() {
        let (limit, msg) = (*range.end(), format!("Input should be less than or equal to {}", range.end()));
        return Err(Problem::new("less_than_equal", &loc, &msg, &json!(text)).with_limit("le", limit));
    }
    Ok(value)
}
