//! The clock that all services of a deployment share, right or wrong.

use jiff::{SignedDuration, Timestamp};

/// How far it is off; the default is right.
#[derive(Clone, Copy, Default)]
pub(crate) struct Clock {
    /// Positive when it is ahead of ours.
    pub(crate) ahead: SignedDuration,
}

impl Clock {
    /// What it shows.
    pub(crate) fn now(self) -> Timestamp {
        Timestamp::now().saturating_add(self.ahead).expect("a duration has no calendar units")
    }

    /// What it shows, for a `Date` header.
    pub(crate) fn http_date(self) -> String {
        self.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }
}
