//! An objective in one line.

use crate::config::{Bound, Measure, Unit};
use crate::report::words::{counted, duration};
use crate::report::{ObjectiveOutcome, ObjectiveReport};

/// Returns `latency at most 5.0 s: 212 ms in 3 calls`.
pub(crate) fn objective(one: &ObjectiveReport) -> String {
    let bound = if one.bound == Bound::AtMost { "at most" } else { "at least" };
    let limit = format!("{} {bound} {}", what(one.measure), value(one.unit, one.limit));
    let calls = counted(one.calls, "call", "calls");
    one.value.map_or(limit.clone(), |measured| format!("{limit}: {} in {calls}", value(one.unit, measured)))
}

/// Returns `met`, `missed` or `not measured`.
pub(crate) const fn outcome_of(one: &ObjectiveReport) -> &'static str {
    match one.outcome {
        ObjectiveOutcome::Met => "met",
        ObjectiveOutcome::Missed => "missed",
        ObjectiveOutcome::NotMeasured => "not measured",
    }
}

const fn what(measure: Measure) -> &'static str {
    match measure {
        Measure::Latency => "latency",
        Measure::FirstEvent => "first event",
        Measure::Success => "success",
        Measure::AuthErrors => "auth errors",
    }
}

fn value(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Milliseconds => duration(value),
        Unit::Share => share(value),
    }
}

/// Returns a share in percent with at most two decimals: `0 %`, `0.1 %`, `99.95 %`. Only 0 and 1 give `0 %` and `100 %`.
fn share(share: f64) -> String {
    let rounded = (share * 10_000.0).round() / 100.0;
    let percent = match rounded {
        all if all >= 100.0 && share < 1.0 => 99.99,
        none if none <= 0.0 && share > 0.0 => 0.01,
        percent => percent,
    };
    format!("{percent} %")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::share;

    #[rstest]
    #[case(0.0, "0 %")]
    #[case(0.001, "0.1 %")]
    #[case(0.9995, "99.95 %")]
    #[case(1.0 / 3.0, "33.33 %")]
    #[case(1.0, "100 %")]
    #[case(0.999_999, "99.99 %")]
    #[case(0.000_001, "0.01 %")]
    fn a_share_never_looks_like_all_or_none(#[case] value: f64, #[case] shown: &str) {
        assert_eq!(share(value), shown);
    }
}
