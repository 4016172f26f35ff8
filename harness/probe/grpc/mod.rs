//! gRPC over HTTP: the status of a call, and the fields that follow its messages.
//!
//! - `status`: the status of a call, and the HTTP status that means the same
//! - `trailers`: the last frame of a gRPC-Web body
//! - `message`: the text of `grpc-message`
//!
//! Invariant: this folder only reads what was received. Whether the call is a failure, `observe` decides.

mod message;
mod status;
mod trailers;

pub(crate) use message::plain;
pub use status::GrpcStatus;
pub(crate) use trailers::trailers;

/// Reports whether a media type is one of gRPC or gRPC-Web: `application/grpc`, `application/grpc-web-text+proto` …
pub(crate) fn is_grpc(media_type: &str) -> bool {
    begins(media_type, "application/grpc")
}

fn begins(media_type: &str, family: &str) -> bool {
    let (start, rest) = media_type.split_at_checked(family.len()).unwrap_or_default();
    let is_whole = rest.is_empty() || rest.starts_with(['+', '-', ';', ' ']);
    start.eq_ignore_ascii_case(family) && is_whole
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::grpc("application/grpc", true)]
    #[case::with_a_format("application/grpc+proto", true)]
    #[case::web("application/grpc-web", true)]
    #[case::as_text("Application/gRPC-Web-Text+proto; charset=utf-8", true)]
    #[case::another("application/grpcx", false)]
    #[case::json("application/json", false)]
    #[case::cut_in_a_character("application/grp\u{e9}", false)]
    #[case::none("", false)]
    fn a_media_type_tells_grpc(#[case] media: &str, #[case] is: bool) {
        assert_eq!(is_grpc(media), is);
    }
}
