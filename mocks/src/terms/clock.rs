//! The clock that all services of a deployment share, and times in the formats of the real services.

use jiff::{SignedDuration, Timestamp};

/// The deployment's clock. The default agrees with the client's clock.
#[derive(Clone, Copy, Default)]
pub(crate) struct Clock {
    /// The difference to the client's clock; positive when the deployment is ahead.
    pub(crate) ahead: SignedDuration,
}

impl Clock {
    /// Returns the deployment's time.
    pub(crate) fn now(self) -> Timestamp {
        Timestamp::now().saturating_add(self.ahead).expect("a duration has no calendar units")
    }

    /// Returns the deployment's time as a `Date` header (RFC 9110, section 5.6.7).
    pub(crate) fn http_date(self) -> String {
        self.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }
}

/// Returns the machine's time as Python's `time.time()` gives it: seconds since 1970.
pub(crate) fn epoch_seconds() -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "microseconds of this century fit into 53 bits")]
    let micros = Timestamp::now().as_microsecond() as f64;
    micros / 1e6
}

/// Returns the machine's time as pydantic prints it: ISO 8601 with microseconds and `Z`.
pub(crate) fn iso_now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// Prints a time as Python's `datetime.isoformat()` does: ISO 8601 with microseconds and `+00:00`.
pub(crate) fn iso_with_offset(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}
