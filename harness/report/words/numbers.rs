//! Counts, durations and percentages as a person reads them.

/// Returns `1 step`, `3 steps`.
pub(crate) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// Returns milliseconds in the unit that fits: `0.4 ms`, `63 ms`, `1.2 s`.
pub(crate) fn duration(ms: f64) -> String {
    match ms {
        ms if ms >= 999.5 => seconds(ms),
        ms if ms >= 1.0 => format!("{ms:.0} ms"),
        ms => format!("{ms:.1} ms"),
    }
}

/// Returns milliseconds as seconds: `0.9 s`.
pub(crate) fn seconds(ms: f64) -> String {
    format!("{:.1} s", ms / 1000.0)
}

/// Returns a confidence from 0 to 1 as `31 %`.
pub(crate) fn percent(confidence: f64) -> String {
    let confidence = confidence.clamp(0.0, 1.0);
    if confidence > 0.0 && confidence < 0.005 { "<1 %".to_owned() } else { format!("{:.0} %", confidence * 100.0) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{counted, duration, percent, seconds};

    #[rstest]
    #[case(0.04, "0.0 ms")]
    #[case(0.42, "0.4 ms")]
    #[case(63.4, "63 ms")]
    #[case(999.4, "999 ms")]
    #[case(999.6, "1.0 s")]
    #[case(1234.0, "1.2 s")]
    fn durations_read_in_the_unit_that_fits(#[case] ms: f64, #[case] shown: &str) {
        assert_eq!(duration(ms), shown);
    }

    #[rstest]
    #[case(0.0, "0 %")]
    #[case(0.004, "<1 %")]
    #[case(0.31, "31 %")]
    #[case(1.0, "100 %")]
    #[case(-4.6e225, "0 %")]
    #[case(f64::INFINITY, "100 %")]
    #[case(f64::NAN, "NaN %")]
    fn confidences_read_as_percent(#[case] confidence: f64, #[case] shown: &str) {
        assert_eq!(percent(confidence), shown);
    }

    #[test]
    fn one_is_singular_and_none_is_plural() {
        assert_eq!((counted(1, "step", "steps").as_str(), counted(0, "step", "steps").as_str()), ("1 step", "0 steps"));
        assert_eq!(seconds(900.0), "0.9 s");
    }
}
