//! Fisher's exact test, one-sided: how probable so many failures among some calls are, if all calls fail alike.

/// Logarithms of factorials, up to a largest number.
pub(crate) struct Fisher(Vec<f64>);

impl Fisher {
    /// Prepares tests of at most so many observations.
    pub(crate) fn up_to(most: u64) -> Self {
        let mut logs = Vec::with_capacity(most as usize + 1);
        let mut sum = 0.0;
        logs.push(sum);
        for n in 1..=most {
            sum += (n as f64).ln();
            logs.push(sum);
        }
        Self(logs)
    }

    /// Returns the probability of `failed` or more failures among `drawn`, if `failures` of `all` are spread by chance.
    pub(crate) fn at_least(&self, failed: u64, drawn: u64, failures: u64, all: u64) -> f64 {
        let most = drawn.min(failures);
        let sum: f64 = (failed..=most).map(|count| self.exactly(count, drawn, failures, all)).sum();
        sum.min(1.0)
    }

    /// The hypergeometric distribution.
    fn exactly(&self, failed: u64, drawn: u64, failures: u64, all: u64) -> f64 {
        if drawn - failed > all - failures {
            return 0.0;
        }
        let ways = self.choose(failures, failed) + self.choose(all - failures, drawn - failed);
        (ways - self.choose(all, drawn)).exp()
    }

    fn choose(&self, n: u64, k: u64) -> f64 {
        let log = |n: u64| self.0[n as usize];
        log(n) - log(k) - log(n - k)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Fisher;

    /// The reference values are those of `fisher.test(…, alternative = "greater")` of R for the same tables: the first is
    /// Fisher's lady tasting tea.
    #[rstest]
    #[case(3, 4, 4, 8, 0.242_857_142_857)]
    #[case(4, 4, 4, 8, 0.014_285_714_286)]
    #[case(0, 4, 4, 8, 1.0)]
    #[case(1, 1, 1, 30, 0.033_333_333_333)]
    fn the_probability_is_exact(
        #[case] failed: u64,
        #[case] drawn: u64,
        #[case] failures: u64,
        #[case] all: u64,
        #[case] p: f64,
    ) {
        assert!((Fisher::up_to(all).at_least(failed, drawn, failures, all) - p).abs() < 1e-9);
    }
}
