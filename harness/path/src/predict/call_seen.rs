//! What the auth service's own log can have of a question that the backend asks it.

use crate::words;

words! {
    /// What the auth service logged of the backend's question.
    pub enum CallSeen {
        /// No question, although the log has other requests.
        Nothing => "nothing",
        /// It was answered.
        Answered => "answered",
        /// It was answered when the call that it belongs to had failed.
        AnsweredLate => "answered-late",
        /// It was refused.
        Refused => "refused",
        /// There is no such route.
        NoRoute => "no-route",
        /// There were too many.
        Throttled => "throttled",
        /// The auth service failed.
        Failed => "failed",
        /// The backend left before the answer.
        Unfinished => "unfinished",
    }
}

/// Several of these, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallsSeen(u8);

impl CallsSeen {
    /// Whatever comes.
    pub(crate) const ANY: Self = Self::of(CallSeen::ALL);
    /// The question is not what fails: there is none, or it is answered.
    pub(crate) const QUIET: Self = Self::of(&[CallSeen::Nothing, CallSeen::Answered]);
    pub(crate) const NOTHING: Self = Self::of(&[CallSeen::Nothing]);

    pub(crate) const fn of(seen: &[CallSeen]) -> Self {
        let (mut bits, mut at) = (0, 0);
        while at < seen.len() {
            bits |= 1 << seen[at] as u8;
            at += 1;
        }
        Self(bits)
    }

    pub(crate) const fn and(self, seen: CallSeen) -> Self {
        Self(self.0 | 1 << seen as u8)
    }

    pub(crate) const fn has(self, seen: CallSeen) -> bool {
        self.0 & 1 << seen as u8 != 0
    }

    /// Returns how many there are. Only a log with durations tells a late answer from another: both count as one.
    pub(crate) const fn len(self) -> u32 {
        let both = self.has(CallSeen::Answered) && self.has(CallSeen::AnsweredLate);
        self.0.count_ones() - both as u32
    }
}
