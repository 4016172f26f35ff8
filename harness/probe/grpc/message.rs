//! The text of `grpc-message`.

use percent_encoding::percent_decode_str;

/// Returns the value of a field as text: that of `grpc-message` is percent-encoded (gRPC over HTTP/2, "Status-Message").
///
/// Decode before you redact: an encoded secret would pass the redactor.
pub(crate) fn plain(name: &str, value: &str) -> String {
    if !name.eq_ignore_ascii_case("grpc-message") {
        return value.to_owned();
    }
    let text = percent_decode_str(value).decode_utf8_lossy();
    text.chars().map(|one| if one.is_control() { ' ' } else { one }).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::encoded("grpc-message", "no method %22List%22 in 100%25", "no method \"List\" in 100%")]
    #[case::not_encoded("Grpc-Message", "50% off %zz", "50% off %zz")]
    #[case::control_characters("grpc-message", "a%0d%0ab%1b[31m", "a  b [31m")]
    #[case::not_utf8("grpc-message", "%ff", "\u{fffd}")]
    #[case::another_field("x-a", "%41", "%41")]
    fn a_message_is_decoded_and_stays_on_one_line(#[case] name: &str, #[case] value: &str, #[case] text: &str) {
        assert_eq!(plain(name, value), text);
    }
}
