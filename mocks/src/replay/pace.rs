//! When each piece of an answer is sent.

use std::time::{Duration, Instant};

use super::recorded::RecordedAnswer;

/// The longest time that one answer takes, unless the replay keeps the recorded times.
const LONGEST: Duration = Duration::from_secs(2);

/// The times of one answer. A recording of a slow answer is sped up as a whole, so that the order and the proportions
/// stay.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    begun: Instant,
    factor: f64,
}

impl Pace {
    /// Returns the pace of an answer to a request that came at `begun`.
    pub(super) fn of(answer: &RecordedAnswer, begun: Instant, real_time: bool) -> Self {
        let whole = answer.pieces.iter().map(|piece| piece.at).max().unwrap_or_default().max(answer.first_byte);
        let factor = match real_time || whole <= LONGEST {
            true => 1.0,
            false => LONGEST.as_secs_f64() / whole.as_secs_f64(),
        };
        Self { begun, factor }
    }

    /// Returns how long to wait from now for what the recording has at this time.
    fn remaining(&self, at: Duration) -> Duration {
        at.mul_f64(self.factor).saturating_sub(self.begun.elapsed())
    }

    /// Waits for the time that the recording has.
    pub(super) async fn until(&self, at: Duration) {
        let remaining = self.remaining(at);
        if !remaining.is_zero() {
            tokio::time::sleep(remaining).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::recorded::Piece;

    fn answer(at: &[u64]) -> RecordedAnswer {
        let piece = |at: &u64| Piece { at: Duration::from_secs(*at), by_client: false, text: String::new() };
        RecordedAnswer { pieces: at.iter().map(piece).collect(), ..RecordedAnswer::default() }
    }

    #[test]
    fn a_long_answer_is_sped_up_as_a_whole() {
        let pace = Pace::of(&answer(&[10, 40]), Instant::now(), false);
        assert!(pace.remaining(Duration::from_secs(40)) <= LONGEST);
        assert!(pace.remaining(Duration::from_secs(10)) > Duration::from_millis(400));
    }

    #[test]
    fn a_short_answer_and_real_time_keep_their_times() {
        for (at, real_time) in [(1, false), (40, true)] {
            let pace = Pace::of(&answer(&[at]), Instant::now(), real_time);
            let rest = pace.remaining(Duration::from_secs(at));
            assert!(rest > Duration::from_secs(at) - Duration::from_millis(200), "{rest:?}");
        }
    }
}
