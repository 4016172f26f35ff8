//! The markers of all users, and the search for those of other users.

use std::collections::HashMap;

use crate::probe::{Exchange, Side};
use crate::run::{MARKER_DIGITS, MARKER_START, new_marker};

/// One marker for each user.
pub(crate) struct Markers {
    of: Vec<String>,
    owners: HashMap<String, usize>,
}

impl Markers {
    /// Draws the markers of so many users.
    pub(crate) fn draw(users: usize) -> Self {
        let of: Vec<String> = (0..users).map(|_| new_marker()).collect();
        let owners = of.iter().cloned().zip(0..).collect();
        Self { of, owners }
    }

    /// Returns the marker of a user.
    pub(crate) fn of(&self, user: usize) -> &str {
        &self.of[user]
    }

    /// Returns the owners of the markers in a text, other than this user.
    pub(crate) fn foreign(&self, text: &str, user: usize) -> Vec<usize> {
        let long = MARKER_START.len() + MARKER_DIGITS;
        let found = memchr::memmem::find_iter(text.as_bytes(), MARKER_START);
        let owners = found.filter_map(|at| self.owners.get(text.get(at..at + long)?).copied());
        let mut foreign: Vec<usize> = owners.filter(|owner| *owner != user).collect();
        foreign.sort_unstable();
        foreign.dedup();
        foreign
    }

    /// Returns the owners of the markers in what came back to a user, except those that the request itself contained: a
    /// server may repeat what it was sent.
    pub(crate) fn leaked(&self, exchange: &Exchange, user: usize) -> Vec<usize> {
        let head = exchange.head.iter().flat_map(|head| &head.headers).map(|(_, value)| value.as_str());
        let events = exchange.events.iter().map(|event| event.data.as_str());
        let frames = exchange.received().map(|frame| frame.data.as_str());
        let all = head.chain([exchange.body.text.as_str()]).chain(events).chain(frames);
        let mut leaked: Vec<usize> = all.flat_map(|text| self.foreign(text, user)).collect();
        if leaked.is_empty() {
            return leaked;
        }
        let said = exchange.frames.iter().filter(|frame| frame.from == Side::Client).map(|frame| frame.data.as_str());
        let asked = [exchange.request.url.as_str(), exchange.request.body.as_deref().unwrap_or_default()];
        let sent: Vec<usize> = asked.into_iter().chain(said).flat_map(|text| self.foreign(text, user)).collect();
        leaked.retain(|owner| !sent.contains(owner));
        leaked.sort_unstable();
        leaked.dedup();
        leaked
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::exchange;
    use crate::terms::TokenKind;

    #[test]
    fn only_a_whole_marker_of_another_user_counts() {
        let markers = Markers::draw(3);
        let text = format!("a {} b {} {}", markers.of(0), markers.of(2), &markers.of(1)[..20]);
        assert_eq!(markers.foreign(&text, 0), [2]);
        assert_eq!(markers.foreign("fwm fwm0123456789abcdef01234567 fwm\u{e9}", 0), Vec::<usize>::new());
    }

    #[test]
    fn a_marker_that_the_request_contained_is_no_leak() {
        let markers = Markers::draw(2);
        let body = format!("{{\"seen\": \"{}\"}}", markers.of(1));
        let mut answered = exchange("backend.threads", TokenKind::Valid).answered(200, "application/json", &body);
        assert_eq!(markers.leaked(&answered, 0), [1]);
        assert_eq!(markers.leaked(&answered, 1), Vec::<usize>::new(), "it is the user's own");
        answered.request.url.push_str(&format!("?thread={}", markers.of(1)));
        assert_eq!(markers.leaked(&answered, 0), Vec::<usize>::new());
    }
}
