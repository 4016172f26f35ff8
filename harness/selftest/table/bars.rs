//! The bars: what each measure must reach. `bars.toml` has the values.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::selftest::table::measure::MEASURES;
use crate::selftest::table::results::Results;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BarFile {
    bar: Vec<Bar>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bar {
    measure: String,
    at_least: Option<f64>,
    at_most: Option<f64>,
}

static BARS: LazyLock<Vec<Bar>> = LazyLock::new(|| {
    toml::from_str::<BarFile>(include_str!("bars.toml")).expect("a constant table, read by a test").bar
});

/// A bar and the value that was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Reached {
    /// The name of the measure.
    pub measure: String,
    /// What the measure counts, in a sentence.
    pub says: String,
    /// The bar in short: `≥ 0.99`.
    pub bar: String,
    /// The measured value. Absent if there was nothing to measure.
    pub value: Option<f64>,
    /// Whether the bar is reached. Absent if there was nothing to measure.
    pub reached: Option<bool>,
}

/// Returns every bar with the value that was measured.
pub(crate) fn reached(all: &Results) -> Vec<Reached> {
    BARS.iter().map(|bar| of(bar, all)).collect()
}

fn of(bar: &Bar, all: &Results) -> Reached {
    let measure = MEASURES.iter().find(|measure| measure.name == bar.measure);
    let value = measure.and_then(|measure| (measure.of)(all));
    let holds =
        |value: f64| bar.at_least.is_none_or(|least| value >= least) && bar.at_most.is_none_or(|most| value <= most);
    let least = bar.at_least.map(|least| format!("≥ {least}"));
    Reached {
        measure: bar.measure.clone(),
        says: measure.map_or_else(String::new, |measure| measure.says.to_owned()),
        bar: least.or_else(|| bar.at_most.map(|most| format!("≤ {most}"))).unwrap_or_default(),
        value,
        reached: value.map(holds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bar_has_a_measure_and_a_side() {
        for bar in BARS.iter() {
            assert!(MEASURES.iter().any(|measure| measure.name == bar.measure), "{}", bar.measure);
            assert!(bar.at_least.is_some() != bar.at_most.is_some(), "{}", bar.measure);
        }
    }

    #[test]
    fn without_a_measurement_no_bar_is_reached() {
        assert!(
            reached(&Results::default())
                .iter()
                .filter(|one| !one.measure.starts_with("seconds"))
                .all(|one| one.reached.is_none())
        );
    }
}
