//! Times and spans as a person reads them.

use jiff::Timestamp;
use maud::{Markup, html};

/// Returns a time in UTC that programs can read too.
pub(super) fn moment(at: Timestamp) -> Markup {
    html! { time datetime=(at) { (at.strftime("%Y-%m-%d %H:%M:%S UTC")) } }
}

/// Returns the time between two moments in its two greatest units: `3 d 4 h`, `12 min`, `40 s`.
pub(super) fn span(from: Timestamp, to: Timestamp) -> String {
    length(to.as_second().saturating_sub(from.as_second()).max(0))
}

/// Returns seconds in their two greatest units.
pub(super) fn length(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let two = |great: i64, unit: &str, small: i64, part: &str| {
        if small == 0 { format!("{great} {unit}") } else { format!("{great} {unit} {small} {part}") }
    };
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => two(minutes, "min", seconds % 60, "s"),
        3600..86_400 => two(hours, "h", minutes, "min"),
        _ => two(days, "d", hours, "h"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::length;

    #[rstest]
    #[case(0, "0 s")]
    #[case(59, "59 s")]
    #[case(60, "1 min")]
    #[case(754, "12 min 34 s")]
    #[case(3600, "1 h")]
    #[case(5400, "1 h 30 min")]
    #[case(86_400 * 3 + 3600 * 4, "3 d 4 h")]
    fn a_length_has_its_two_greatest_units(#[case] seconds: i64, #[case] says: &str) {
        assert_eq!(length(seconds), says);
    }
}
