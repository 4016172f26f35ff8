//! Times as logs write them. A time without a zone counts as UTC; a day without a year is the last such day.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp, tz};

use super::json::Json;

/// Days that a log may be ahead of this machine's clock before a day without a year counts as last year's.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

const MONTHS: [&[u8]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// Reads the time at the start of a text. Returns it with the rest of the text.
pub(crate) fn leading(text: &str) -> Option<(Timestamp, &str)> {
    let mut at = Cursor { bytes: text.as_bytes(), at: 0 };
    let found = match text.as_bytes() {
        [b'0'..=b'9', b'0'..=b'9', b'/' | b'-', ..] => at.clf(),
        [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', ..] => at.iso(),
        [b'A'..=b'Z', b'a'..=b'z', b'a'..=b'z', b' ', ..] => at.syslog(),
        _ => None,
    }?;
    Some((found, text.get(at.at..)?))
}

/// Reads a text that is a time and nothing else.
pub(crate) fn whole(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Some((time, rest)) = leading(text) {
        return rest.trim().is_empty().then_some(time);
    }
    epoch_text(text).or_else(|| jiff::fmt::rfc2822::parse(text).ok().map(|time| time.timestamp()))
}

/// Reads the value of a key that holds a time: a text, or the seconds, milliseconds, microseconds or nanoseconds since
/// 1970.
pub(crate) fn of_json(value: &Json<'_>) -> Option<Timestamp> {
    match value {
        Json::Text(text) => whole(text),
        Json::Integer(number) => epoch(i128::from(*number)),
        Json::Float(number) => epoch_float(*number),
        Json::Object(both) => {
            let nanos = both.get("nanos").and_then(Json::integer).unwrap_or_default();
            let seconds = both.get("seconds").or_else(|| both.get("timestamp"))?;
            let whole = of_json(seconds)?;
            whole.checked_add(SignedDuration::from_nanos(nanos)).ok()
        }
        Json::Constant | Json::List(_) => None,
    }
}

/// Reads klog's time, `0908 12:34:56.789012`, at the start of a text.
pub(crate) fn klog(text: &str) -> Option<(Timestamp, &str)> {
    let mut at = Cursor { bytes: text.as_bytes(), at: 0 };
    let (month, day) = (at.digits(2)?, at.digits(2)?);
    at.sign(b" ")?;
    let found = at.clock_of_day(|year| date(year, month, day))?;
    Some((found, text.get(at.at..)?))
}

fn epoch_text(text: &str) -> Option<Timestamp> {
    let is_number = text.len() >= 9 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !is_number {
        return None;
    }
    text.parse::<i64>().ok().map_or_else(|| text.parse().ok().and_then(epoch_float), |whole| epoch(i128::from(whole)))
}

fn epoch_float(number: f64) -> Option<Timestamp> {
    // Only seconds are written with a fraction. A `f64` holds them to less than a microsecond.
    if number.abs() < 1e11 { Timestamp::from_microsecond((number * 1e6) as i64).ok() } else { epoch(number as i128) }
}

/// Reads a number since 1970. Its size says its unit.
fn epoch(number: i128) -> Option<Timestamp> {
    let nanos = match number.unsigned_abs() {
        0..100_000_000 => return None,
        100_000_000..100_000_000_000 => number * 1_000_000_000,
        100_000_000_000..100_000_000_000_000 => number * 1_000_000,
        100_000_000_000_000..100_000_000_000_000_000 => number * 1000,
        _ => number,
    };
    Timestamp::from_nanosecond(nanos).ok()
}

fn date(year: i64, month: i64, day: i64) -> Option<jiff::civil::Date> {
    jiff::civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Reads a time byte by byte: a log of 1 GiB has millions of them.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn digits(&mut self, many: usize) -> Option<i64> {
        let digits = self.bytes.get(self.at..self.at + many)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        self.at += many;
        Some(digits.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
    }

    /// Takes one of these bytes.
    fn sign(&mut self, any: &[u8]) -> Option<u8> {
        let found = self.peek().filter(|byte| any.contains(byte))?;
        self.at += 1;
        Some(found)
    }

    /// `2026-11-22T03:00:00.123Z`, `2026-11-22 03:00:00,123`, `2026/11/22 03:00:00 +0000`.
    fn iso(&mut self) -> Option<Timestamp> {
        let year = self.digits(4)?;
        self.sign(b"-/")?;
        let month = self.digits(2)?;
        self.sign(b"-/")?;
        let date = date(year, month, self.digits(2)?)?;
        self.sign(b"T ")?;
        let (time, nanos) = self.time()?;
        self.zoned(date.to_datetime(time?), nanos)
    }

    /// `22/Nov/2026:03:00:00 +0000`, HAProxy's `22/Nov/2026:03:00:00.123`, and PHP's `22-Nov-2026 03:00:00 UTC`.
    fn clf(&mut self) -> Option<Timestamp> {
        let day = self.digits(2)?;
        self.sign(b"/-")?;
        let month = self.month()?;
        self.sign(b"/-")?;
        let date = date(self.digits(4)?, month, day)?;
        self.sign(b": ")?;
        let (time, nanos) = self.time()?;
        self.zoned(date.to_datetime(time?), nanos)
    }

    /// `Nov 22 03:00:00`.
    fn syslog(&mut self) -> Option<Timestamp> {
        let month = self.month()?;
        self.sign(b" ")?;
        let day = if self.sign(b" ").is_some() { self.digits(1)? } else { self.digits(2)? };
        self.sign(b" ")?;
        self.clock_of_day(|year| date(year, month, day))
    }

    fn month(&mut self) -> Option<i64> {
        let name = self.bytes.get(self.at..self.at + 3)?;
        let month = MONTHS.iter().position(|month| *month == name)? + 1;
        self.at += 3;
        i64::try_from(month).ok()
    }

    /// Reads the time of a day without a year.
    fn clock_of_day(&mut self, date: impl Fn(i64) -> Option<jiff::civil::Date>) -> Option<Timestamp> {
        let (time, nanos) = self.time()?;
        let time = time?;
        let now = Timestamp::now();
        let this_year = i64::from(now.to_zoned(tz::TimeZone::UTC).year());
        // The 29th of February exists in few years.
        let years = (this_year - 8..=this_year + 1).rev();
        let found = years.filter_map(|year| self.in_utc(date(year)?.to_datetime(time), nanos));
        found.into_iter().find(|at| at.duration_since(now) <= AHEAD)
    }

    /// Reads `03:00:00` with its fraction. The inner `None` is a time that no day has.
    fn time(&mut self) -> Option<(Option<jiff::civil::Time>, i64)> {
        let hour = self.digits(2)?;
        self.sign(b":")?;
        let minute = self.digits(2)?;
        self.sign(b":")?;
        let second = self.digits(2)?.min(59);
        let time = jiff::civil::Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, second as i8, 0).ok();
        let is_fraction = matches!(self.bytes.get(self.at + 1), Some(b'0'..=b'9'));
        if !is_fraction || self.sign(b".,").is_none() {
            return Some((time, 0));
        }
        let (mut nanos, mut unit) = (0, 100_000_000);
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            nanos += i64::from(digit - b'0') * unit;
            unit /= 10;
            self.at += 1;
        }
        Some((time, nanos))
    }

    fn zoned(&mut self, time: DateTime, nanos: i64) -> Option<Timestamp> {
        let offset = self.offset();
        let at = tz::Offset::from_seconds(offset).ok()?.to_timestamp(time).ok()?;
        at.checked_add(SignedDuration::from_nanos(nanos)).ok()
    }

    fn in_utc(&self, time: DateTime, nanos: i64) -> Option<Timestamp> {
        let at = tz::Offset::UTC.to_timestamp(time).ok()?;
        at.checked_add(SignedDuration::from_nanos(nanos)).ok()
    }

    /// Reads `Z`, `+00:00`, ` +0000`, ` UTC`, or nothing, in seconds.
    fn offset(&mut self) -> i32 {
        if self.sign(b"Zz").is_some() {
            return 0;
        }
        let start = self.at;
        let _blank = self.sign(b" ");
        if self.bytes.get(self.at..self.at + 3) == Some(b"UTC") {
            self.at += 3;
            return 0;
        }
        self.numeric_offset().unwrap_or_else(|| {
            self.at = start;
            0
        })
    }

    fn numeric_offset(&mut self) -> Option<i32> {
        let sign = if self.sign(b"+-")? == b'-' { -1 } else { 1 };
        let hours = self.digits(2)?;
        let _colon = self.sign(b":");
        let minutes = self.digits(2)?;
        let ends = !self.peek().is_some_and(|byte| byte.is_ascii_digit());
        (hours < 24 && minutes < 60 && ends).then(|| i32::try_from(sign * (hours * 3600 + minutes * 60)).ok())?
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;
    use rstest::rstest;

    use super::*;

    const AT: &str = "2026-11-22T03:00:00Z";

    #[rstest]
    #[case::rfc3339("2026-11-22T03:00:00Z x", AT, " x")]
    #[case::offset("2026-11-22T05:30:00.250+02:30 x", "2026-11-22T03:00:00.25Z", " x")]
    #[case::short_iso("2026-11-22T03:00:00+0000 host", AT, " host")]
    #[case::python("2026-11-22 03:00:00,123 - app", "2026-11-22T03:00:00.123Z", " - app")]
    #[case::go("2026/11/22 03:00:00 main.go:7: x", AT, " main.go:7: x")]
    #[case::ruby("2026-11-22 03:00:00 UTC: x", AT, ": x")]
    #[case::negative_pid("2026-11-22 03:00:00 -1: x", AT, " -1: x")]
    #[case::clf("22/Nov/2026:05:00:00 +0200] x", AT, "] x")]
    #[case::php("22-Nov-2026 03:00:00 UTC] x", AT, "] x")]
    #[case::haproxy("22/Nov/2026:03:00:00.655] x", "2026-11-22T03:00:00.655Z", "] x")]
    #[case::leap_second("2026-11-22T03:00:60Z", "2026-11-22T03:00:59Z", "")]
    fn a_time_at_the_start_is_read(#[case] text: &str, #[case] at: &str, #[case] rest: &str) {
        let at = at.parse().expect("a time");
        assert_eq!(leading(text), Some((at, rest)));
    }

    #[rstest]
    #[case::seconds("1795316400", AT)]
    #[case::milliseconds("1795316400000", AT)]
    #[case::microseconds("1795316400000000", AT)]
    #[case::nanoseconds("1795316400000000000", AT)]
    #[case::fraction("1795316400.25", "2026-11-22T03:00:00.25Z")]
    #[case::mail("Sun, 22 Nov 2026 03:00:00 +0000", AT)]
    fn a_number_or_text_is_a_time(#[case] text: &str, #[case] at: &str) {
        let at = at.parse().expect("a time");
        assert_eq!(whole(text), Some(at));
        if let Ok(number) = serde_json::from_str::<Json<'_>>(text) {
            assert_eq!(of_json(&number), Some(at));
        }
    }

    #[rstest]
    #[case::day("2026-02-30T03:00:00Z")]
    #[case::hour("2026-11-22T25:00:00Z")]
    #[case::word("Nov 99 03:00:00")]
    #[case::short("2026-11-22")]
    #[case::small("12345")]
    fn what_is_no_time_is_none(#[case] text: &str) {
        assert_eq!(leading(text).map(|(at, _)| at), None);
        assert_eq!(whole(text), None);
    }

    #[test]
    fn a_day_without_a_year_is_the_last_such_day() {
        let now = Timestamp::now();
        let (at, rest) = leading("Jan  1 00:00:00 host app: x").expect("a time");
        assert!(at <= now && now.duration_since(at) < SignedDuration::from_hours(24 * 367), "{at}");
        assert_eq!(rest, " host app: x");
        assert!(klog("0101 00:00:00.5 7 x.go:1] x").is_some_and(|(time, _)| time > at));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in r"(?s)[0-9A-Za-z:./,+ \-é]{0,40}", digits in r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}[.,+Z0-9é]{0,30}") {
            let _ = (leading(&text), whole(&text), klog(&text), leading(&digits), whole(&digits));
        }
    }
}
