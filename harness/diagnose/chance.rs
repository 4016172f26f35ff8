//! Whether log lines stand in our windows by chance: other people's requests write the same lines. Sits in `diagnose`, used by `logbook`.

/// Below this probability chance is no explanation.
const NO_CHANCE: f64 = 0.001;

/// How often a kind of line was met, in our failing windows and outside all of ours.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tally {
    /// Failing windows.
    pub(super) windows: usize,
    /// Failing windows that hold such a line.
    pub(super) held: usize,
    /// How long one of them is on average, in milliseconds.
    pub(super) window_ms: f64,
    /// Such lines outside every window of ours.
    pub(super) foreign: usize,
    /// How long the log is outside every window of ours, in milliseconds.
    pub(super) quiet_ms: f64,
}

impl Tally {
    /// Whether the failing probes themselves left the lines: most of them did (caches and open breakers keep some from it), and
    /// strangers at the rate seen outside would not have.
    pub(super) fn is_ours(self) -> bool {
        self.is_steady() && self.by_chance() < NO_CHANCE
    }

    /// Whether most of the failing windows hold such a line.
    pub(super) const fn is_steady(self) -> bool {
        self.held > 0 && self.held * 3 >= self.windows * 2
    }

    /// An upper bound on the probability that so many windows hold a stranger's line, if strangers come independently.
    fn by_chance(self) -> f64 {
        let per_ms = if self.foreign == 0 { 0.0 } else { self.foreign as f64 / self.quiet_ms.max(1.0) };
        let one_window = 1.0 - (-per_ms * self.window_ms).exp();
        let ways: f64 = (0..self.held).map(|at| (self.windows - at) as f64 / (at + 1) as f64).product();
        ways * one_window.powi(self.held as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    fn tally(windows: usize, held: usize, foreign: usize) -> Tally {
        Tally { windows, held, window_ms: 300.0, foreign, quiet_ms: 60_000.0 }
    }

    #[test]
    fn lines_that_nobody_else_writes_are_ours() {
        assert!(tally(1, 1, 0).is_ours());
        assert!(tally(12, 11, 0).is_ours());
    }

    #[test]
    fn lines_in_few_of_our_windows_prove_nothing() {
        assert!(!tally(12, 4, 0).is_ours());
        assert!(!tally(3, 0, 0).is_ours());
    }

    #[test]
    fn one_window_amid_a_stream_of_the_same_lines_proves_nothing() {
        assert!(!tally(1, 1, 20).is_ours());
    }

    #[test]
    fn many_windows_are_no_chance_even_amid_other_traffic() {
        assert!(tally(9, 9, 20).is_ours());
        assert!(!tally(9, 9, 1_000).is_ours());
    }
}
