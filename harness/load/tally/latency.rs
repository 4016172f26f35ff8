//! Latency in a report, and back: histograms can be merged, percentiles cannot.

use hdrhistogram::Histogram;

use crate::load::tally::ledger::empty;
use crate::report::LoadLatency;

/// Returns what a report says of a histogram of microseconds.
pub(crate) fn of(kind: &str, histogram: &Histogram<u64>, served: u64) -> LoadLatency {
    let ms = |microseconds: u64| microseconds as f64 / 1000.0;
    let at = |quantile: f64| ms(histogram.value_at_quantile(quantile));
    LoadLatency {
        kind: kind.to_owned(),
        calls: histogram.len(),
        served,
        p50_ms: at(0.5),
        p95_ms: at(0.95),
        p99_ms: at(0.99),
        max_ms: ms(histogram.max()),
        histogram: histogram.iter_recorded().map(|step| (step.value_iterated_to(), step.count_at_value())).collect(),
    }
}

/// Returns the latency of one kind in several reports. The percentiles are those of the merged histogram.
pub(crate) fn merged<'a>(kind: &str, parts: impl Iterator<Item = &'a LoadLatency>) -> LoadLatency {
    let (mut histogram, mut served) = (empty(), 0);
    for part in parts {
        served += part.served;
        part.histogram.iter().for_each(|(value, count)| histogram.saturating_record_n(*value, *count));
    }
    of(kind, &histogram, served)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_merge_has_the_percentiles_of_one_run(values in prop::collection::vec(1_u64..50_000_000, 1..200), cut in 0_usize..200) {
            let filled = |values: &[u64]| {
                let mut histogram = empty();
                values.iter().for_each(|value| histogram.saturating_record(*value));
                of("http", &histogram, values.len() as u64)
            };
            let (one, other) = values.split_at(cut.min(values.len()));
            let (one, other, whole) = (filled(one), filled(other), filled(&values));
            let merged = merged("http", [&one, &other].into_iter());
            prop_assert_eq!((merged.p50_ms, merged.p95_ms, merged.p99_ms), (whole.p50_ms, whole.p95_ms, whole.p99_ms));
            prop_assert_eq!((merged.calls, merged.served), (whole.calls, whole.served));
        }
    }
}
