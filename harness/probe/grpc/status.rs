//! The status of a gRPC call (grpc.io, "Status codes and their use in gRPC").

use std::fmt;

use serde::{Deserialize, Serialize};

/// The codes by their number, each with the HTTP status that means the same.
///
/// 16, 7, 12 and 14 stand beside 401, 403, 404 and 503 in `http-grpc-status-mapping.md` of gRPC. The others are those of
/// `google/rpc/code.proto`, except that a call that was cancelled or aborted counts as failed (500).
const CODES: [(&str, u16); 17] = [
    ("OK", 200),
    ("CANCELLED", 500),
    ("UNKNOWN", 500),
    ("INVALID_ARGUMENT", 400),
    ("DEADLINE_EXCEEDED", 504),
    ("NOT_FOUND", 404),
    ("ALREADY_EXISTS", 409),
    ("PERMISSION_DENIED", 403),
    ("RESOURCE_EXHAUSTED", 429),
    ("FAILED_PRECONDITION", 400),
    ("ABORTED", 500),
    ("OUT_OF_RANGE", 400),
    ("UNIMPLEMENTED", 404),
    ("INTERNAL", 500),
    ("UNAVAILABLE", 503),
    ("DATA_LOSS", 500),
    ("UNAUTHENTICATED", 401),
];

/// A code that is not in the table counts as this one.
const UNKNOWN: u32 = 2;

/// The status of a gRPC call: 0 is a success, every other code a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct GrpcStatus(u32);

impl GrpcStatus {
    /// Reads the value of `grpc-status`. A value that is no number is the status UNKNOWN.
    pub(crate) fn read(value: &str) -> Self {
        let digits = value.trim();
        let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        Self(digits.parse().ok().filter(|_| is_number).unwrap_or(UNKNOWN))
    }

    /// Reports whether the call succeeded.
    #[must_use]
    pub const fn is_ok(self) -> bool {
        self.0 == 0
    }

    /// Returns the HTTP status that means the same.
    #[must_use]
    pub fn as_http(self) -> u16 {
        self.known().1
    }

    fn known(self) -> (&'static str, u16) {
        let code = usize::try_from(self.0).ok().and_then(|code| CODES.get(code));
        *code.unwrap_or(&CODES[UNKNOWN as usize])
    }
}

impl fmt::Display for GrpcStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0, self.known().0)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::ok("0", "0 (OK)", 200)]
    #[case::padded(" 16 ", "16 (UNAUTHENTICATED)", 401)]
    #[case::denied("7", "7 (PERMISSION_DENIED)", 403)]
    #[case::no_method("12", "12 (UNIMPLEMENTED)", 404)]
    #[case::no_entity("5", "5 (NOT_FOUND)", 404)]
    #[case::unavailable("14", "14 (UNAVAILABLE)", 503)]
    #[case::late("4", "4 (DEADLINE_EXCEEDED)", 504)]
    #[case::throttled("8", "8 (RESOURCE_EXHAUSTED)", 429)]
    #[case::argument("3", "3 (INVALID_ARGUMENT)", 400)]
    #[case::precondition("9", "9 (FAILED_PRECONDITION)", 400)]
    #[case::range("11", "11 (OUT_OF_RANGE)", 400)]
    #[case::cancelled("1", "1 (CANCELLED)", 500)]
    #[case::aborted("10", "10 (ABORTED)", 500)]
    #[case::exists("6", "6 (ALREADY_EXISTS)", 409)]
    #[case::internal("13", "13 (INTERNAL)", 500)]
    #[case::lost("15", "15 (DATA_LOSS)", 500)]
    #[case::a_code_of_the_service("17", "17 (UNKNOWN)", 500)]
    #[case::no_number("ok", "2 (UNKNOWN)", 500)]
    #[case::signed("+0", "2 (UNKNOWN)", 500)]
    #[case::negative("-1", "2 (UNKNOWN)", 500)]
    #[case::too_long("99999999999", "2 (UNKNOWN)", 500)]
    #[case::empty("", "2 (UNKNOWN)", 500)]
    fn a_status_is_read_and_named(#[case] value: &str, #[case] shown: &str, #[case] http: u16) {
        let status = GrpcStatus::read(value);
        assert_eq!((status.to_string().as_str(), status.as_http()), (shown, http));
        assert_eq!(status.is_ok(), http == 200);
    }
}
