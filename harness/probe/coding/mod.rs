//! Content codings (RFC 9110, 8.4.1): `gzip` (RFC 1952), `br` (RFC 7932) and `zstd` (RFC 8878).
//!
//! - `whole`: decodes a body that was read to its end
//! - `arriving`: decodes a stream while it arrives
//!
//! Invariant: no decoder returns more bytes than its limit, however small its input is.

pub(crate) mod arriving;
pub(crate) mod whole;

use hyper::HeaderMap;
use hyper::header::CONTENT_ENCODING;

use crate::probe::{ErrorKind, TransportError};

/// What a request for a body accepts.
pub(crate) const FOR_BODIES: &str = "gzip, br, zstd";
/// What a request for an event stream accepts. The decoder of zstd keeps the last part of its output back until the stream
/// ends, so it would delay events.
pub(crate) const FOR_STREAMS: &str = "gzip, br";

/// A content coding that a response names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    Brotli,
    Zstd,
    /// One that is not decoded, or several.
    Other(String),
}

impl Coding {
    /// Returns the coding of a response. `None`: it has none.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let values = headers.get_all(CONTENT_ENCODING).iter();
        let named: Vec<String> = values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
        let named = named.join(",");
        let mut codings: Vec<&str> = named.split(',').map(str::trim).filter(|coding| !coding.is_empty()).collect();
        codings.retain(|coding| !coding.eq_ignore_ascii_case("identity"));
        match codings.as_slice() {
            [] => None,
            [one] => Some(match one.to_ascii_lowercase().as_str() {
                "gzip" | "x-gzip" => Self::Gzip,
                "br" => Self::Brotli,
                "zstd" => Self::Zstd,
                _ => Self::Other((*one).to_owned()),
            }),
            several => Some(Self::Other(several.join(", "))),
        }
    }
}

/// Returns the error of a body in a coding that is not decoded.
pub(crate) fn not_decoded(coding: &str, accepted: &str) -> TransportError {
    let detail = format!("the content coding is {coding}; the request accepts {accepted}");
    TransportError { kind: ErrorKind::HttpResponseContentCoding, detail }
}

/// Returns the error of a body that is not valid in its coding.
pub(crate) fn not_valid(coding: &str, why: &dyn std::fmt::Display) -> TransportError {
    let detail = format!("the body is not valid {coding}: {why}");
    TransportError { kind: ErrorKind::HttpResponseContentCoding, detail }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::none(&[], None)]
    #[case::identity(&["identity"], None)]
    #[case::gzip(&["GZip"], Some(Coding::Gzip))]
    #[case::old_name(&["x-gzip"], Some(Coding::Gzip))]
    #[case::brotli(&[" br "], Some(Coding::Brotli))]
    #[case::zstd(&["identity, zstd"], Some(Coding::Zstd))]
    #[case::unknown(&["x-rot13"], Some(Coding::Other("x-rot13".into())))]
    #[case::several(&["gzip, br"], Some(Coding::Other("gzip, br".into())))]
    #[case::twice(&["gzip", "br"], Some(Coding::Other("gzip, br".into())))]
    fn a_response_names_its_coding(#[case] values: &[&str], #[case] coding: Option<Coding>) {
        let mut headers = HeaderMap::new();
        values.iter().for_each(|value| {
            headers.append(CONTENT_ENCODING, value.parse().expect("a value"));
        });
        assert_eq!(Coding::of(&headers), coding);
    }
}
