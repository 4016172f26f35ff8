//! Whether log lines fall into the windows of probes by chance: other traffic writes the same lines.

/// Below this probability, chance does not explain the lines.
const NO_CHANCE: f64 = 0.001;

/// How often a kind of line occurs, in the windows of failing probes and outside all windows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tally {
    /// Windows of failing probes.
    pub(crate) windows: usize,
    /// Those that have such a line.
    pub(crate) held: usize,
    /// The average length of such a window, in milliseconds.
    pub(crate) window_ms: f64,
    /// Such lines outside all windows.
    pub(crate) foreign: usize,
    /// The length of the log outside all windows, in milliseconds.
    pub(crate) quiet_ms: f64,
}

impl Tally {
    /// Reports whether the failing probes left the lines.
    ///
    /// Most windows must have one; caches and open circuit breakers may suppress some. Other traffic at the rate seen
    /// outside must be too rare to explain them.
    pub(crate) fn is_ours(self) -> bool {
        self.is_steady() && self.by_chance() < NO_CHANCE
    }

    /// Reports whether most windows of failing probes have such a line.
    pub(crate) const fn is_steady(self) -> bool {
        self.held > 0 && self.held * 3 >= self.windows * 2
    }

    /// Returns an upper bound on the probability that other traffic, arriving independently, hits so many windows.
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
    fn lines_without_other_traffic_belong_to_the_probes() {
        assert!(tally(1, 1, 0).is_ours());
        assert!(tally(12, 11, 0).is_ours());
    }

    #[test]
    fn lines_in_few_windows_prove_nothing() {
        assert!(!tally(12, 4, 0).is_ours());
        assert!(!tally(3, 0, 0).is_ours());
    }

    #[test]
    fn one_window_in_frequent_other_traffic_proves_nothing() {
        assert!(!tally(1, 1, 20).is_ours());
    }

    #[test]
    fn many_windows_rule_out_chance_despite_other_traffic() {
        assert!(tally(9, 9, 20).is_ours());
        assert!(!tally(9, 9, 1_000).is_ours());
    }
}
