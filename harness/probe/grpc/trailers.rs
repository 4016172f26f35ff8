//! The last frame of a gRPC-Web body (gRPC, `PROTOCOL-WEB.md`): it holds the fields that HTTP/2 sends as trailers.

use std::borrow::Cow;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::probe::grpc::begins;

/// The flag of a frame with trailers. The lowest bit says that the frame is compressed.
const TRAILERS: u8 = 0x80;
const COMPRESSED: u8 = 0x01;
/// Bytes before the content of a frame: the flag, and the length of the content.
const HEAD: usize = 5;
/// The most bytes and fields that are read of trailers.
const LONGEST: usize = 16 << 10;
const MOST: usize = 64;

/// Returns the fields of the trailer frames, their names in lower case. Empty: the media type is not that of gRPC-Web, the body
/// ends before the frame, or the frame is compressed.
pub(crate) fn trailers(media_type: &str, body: &[u8]) -> Vec<(String, String)> {
    let body = match () {
        () if begins(media_type, "application/grpc-web-text") => Cow::Owned(decoded(body)),
        () if begins(media_type, "application/grpc-web") => Cow::Borrowed(body),
        () => return Vec::new(),
    };
    let contents = frames(&body).filter(|(flag, _)| flag & (TRAILERS | COMPRESSED) == TRAILERS);
    contents.flat_map(|(_, content)| fields(content)).take(MOST).collect()
}

/// Returns the complete frames of a body, each with its flag.
fn frames(mut rest: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let (head, content) = rest.split_at_checked(HEAD)?;
        let length = u32::from_be_bytes(head[1..].try_into().ok()?);
        let (content, after) = content.split_at_checked(usize::try_from(length).ok()?)?;
        rest = after;
        Some((head[0], content))
    })
}

/// Reads lines as HTTP/1 has them.
fn fields(content: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(&content[..content.len().min(LONGEST)]);
    let pairs = text.split(['\r', '\n']).filter_map(|line| line.split_once(':'));
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|one| one.is_ascii_graphic());
    let of = |(name, value): (&str, &str)| (name.trim().to_ascii_lowercase(), value.trim().to_owned());
    pairs.map(of).filter(|(name, _)| is_name(name)).take(MOST).collect()
}

/// Decodes base64 as far as it is valid. Each part that the server sent may have its own padding.
fn decoded(text: &[u8]) -> Vec<u8> {
    let signs: Vec<u8> = text.iter().copied().filter(|one| !one.is_ascii_whitespace()).collect();
    let parts = signs.chunks(4).map_while(|part| BASE64_STANDARD.decode(part).ok());
    parts.flatten().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const WEB: &str = "application/grpc-web+proto";
    const TEXT: &str = "application/grpc-web-text; charset=utf-8";

    fn frame(flag: u8, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).expect("a short frame");
        [&[flag][..], &length.to_be_bytes(), content].concat()
    }

    fn status(body: &[u8]) -> Vec<(String, String)> {
        trailers(WEB, body)
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn the_fields_follow_the_messages() {
        let fields = b"grpc-status: 12\r\nGrpc-Message:no%20method\r\nx-a: b:c\r\n";
        let body = [frame(0, b"\xff\xfe\x80"), frame(0, b""), frame(0x80, fields)].concat();
        let read = [pair("grpc-status", "12"), pair("grpc-message", "no%20method"), pair("x-a", "b:c")];
        assert_eq!(status(&body), read);
    }

    #[rstest]
    #[case::in_one(vec![8])]
    #[case::in_parts(vec![1, 3, 5, 2])]
    fn base64_may_be_padded_in_the_middle(#[case] sizes: Vec<usize>) {
        let body = [frame(0, b"abc"), frame(0x80, b"grpc-status:16\r\n")].concat();
        let mut rest = body.as_slice();
        let mut text = String::new();
        for size in sizes {
            let (part, after) = rest.split_at(size);
            text += &BASE64_STANDARD.encode(part);
            rest = after;
        }
        text += &BASE64_STANDARD.encode(rest);
        assert_eq!(trailers(TEXT, text.as_bytes()), [pair("grpc-status", "16")]);
    }

    #[rstest]
    #[case::compressed(frame(0x81, b"grpc-status:0"))]
    #[case::a_message(frame(0, b"grpc-status:0"))]
    #[case::cut(frame(0x80, b"grpc-status:0")[..10].to_vec())]
    #[case::longer_than_the_body(b"\x80\xff\xff\xff\xffgrpc-status:0".to_vec())]
    #[case::after_a_cut_message(b"\0\0\0\0\xffa\x80\0\0\0\x0dgrpc-status:0".to_vec())]
    #[case::no_line(frame(0x80, b"grpc-status 0"))]
    #[case::no_name(frame(0x80, b": 0"))]
    #[case::empty(Vec::new())]
    fn what_is_no_whole_frame_gives_nothing(#[case] body: Vec<u8>) {
        assert_eq!(status(&body), []);
    }

    #[test]
    fn only_grpc_web_has_such_frames() {
        let body = frame(0x80, b"grpc-status:0");
        for media in ["application/grpc", "application/json", "application/octet-stream", ""] {
            assert_eq!(trailers(media, &body), [], "{media}");
        }
    }

    proptest! {
        #[test]
        fn no_body_gives_too_much(
            body in prop::collection::vec(any::<u8>(), 0..300),
            contents in prop::collection::vec(("[a-c:\r\n]{0,40}", any::<u8>()), 0..90),
        ) {
            let framed: Vec<u8> =
                contents.iter().flat_map(|(content, flag)| frame(*flag | 0x80, content.as_bytes())).collect();
            for body in [body.clone(), framed.clone(), [framed, body].concat()] {
                for media in [WEB, TEXT] {
                    let read = trailers(media, &body);
                    prop_assert!(read.len() <= MOST);
                    for (name, value) in read {
                        prop_assert!(!name.is_empty() && !name.contains(['\r', '\n', ':']));
                        prop_assert!(!value.contains(['\r', '\n']));
                    }
                }
            }
        }

        #[test]
        fn every_frame_is_found(messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..5)) {
            let mut body: Vec<u8> = messages.iter().flat_map(|message| frame(0, message)).collect();
            body.extend(frame(0x80, b"grpc-status:7\r\n"));
            prop_assert_eq!(status(&body), [pair("grpc-status", "7")]);
            prop_assert_eq!(trailers(TEXT, BASE64_STANDARD.encode(&body).as_bytes()), [pair("grpc-status", "7")]);
        }
    }
}
