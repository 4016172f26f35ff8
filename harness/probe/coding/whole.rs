//! Decodes a body that was read to its end.

use std::io::Read;

use brotli_decompressor::Decompressor;
use flate2::read::MultiGzDecoder;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::{Coding, FOR_BODIES, not_decoded, not_valid};
use crate::probe::TransportError;

/// Bytes that a decoder reads at once.
const BUFFER: usize = 4096;
/// The largest window of zstd that a client must support (RFC 9659, section 3), in bytes.
const WINDOW: u64 = 8 << 20;

/// Returns at most `limit` decoded bytes, and the error that ended the decoding early, if there is one.
pub(crate) fn decoded(coding: &Coding, raw: &[u8], limit: usize) -> (Vec<u8>, Option<TransportError>) {
    match coding {
        Coding::Gzip => bounded("gzip", MultiGzDecoder::new(raw), limit),
        Coding::Brotli => bounded("br", Decompressor::new(raw, BUFFER), limit),
        Coding::Zstd => {
            let mut frame = FrameDecoder::new();
            frame.set_max_window_size(WINDOW);
            match StreamingDecoder::new_with_decoder(raw, frame) {
                Ok(decoder) => bounded("zstd", decoder, limit),
                Err(error) => (Vec::new(), Some(not_valid("zstd", &error))),
            }
        }
        Coding::Other(name) => (raw.to_vec(), Some(not_decoded(name, FOR_BODIES))),
    }
}

fn bounded(name: &str, decoder: impl Read, limit: usize) -> (Vec<u8>, Option<TransportError>) {
    let mut decoded = Vec::new();
    let read = decoder.take(limit as u64).read_to_end(&mut decoded);
    (decoded, read.err().map(|error| not_valid(name, &error)))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(text).expect("memory");
        encoder.finish().expect("memory")
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest)
    }

    /// `hello` with Brotli, as one uncompressed block and an empty last block (RFC 7932, section 9.2).
    const BROTLI: &[u8] = b"\x0b\x02\x80hello\x03";

    #[rstest]
    #[case::gzip(Coding::Gzip, gzip(b"hello"))]
    #[case::brotli(Coding::Brotli, BROTLI.to_vec())]
    #[case::zstd(Coding::Zstd, zstd(b"hello"))]
    fn a_body_is_decoded(#[case] coding: Coding, #[case] raw: Vec<u8>) {
        let (text, error) = decoded(&coding, &raw, 100);
        assert_eq!((text.as_slice(), error), (&b"hello"[..], None));
    }

    #[rstest]
    #[case::gzip(Coding::Gzip, gzip(&vec![0; 10 << 20]))]
    #[case::zstd(Coding::Zstd, zstd(&vec![0; 10 << 20]))]
    fn a_bomb_ends_at_the_limit(#[case] coding: Coding, #[case] raw: Vec<u8>) {
        assert!(raw.len() < 100_000, "{} bytes are no bomb", raw.len());
        assert_eq!(decoded(&coding, &raw, 1000).0.len(), 1000);
    }

    #[rstest]
    fn what_is_not_valid_is_an_error(#[values(Coding::Gzip, Coding::Brotli, Coding::Zstd)] coding: Coding) {
        let (_, error) = decoded(&coding, b"\xff\xfe\xfd\xfc", 100);
        assert!(error.expect("an error").detail.contains("is not valid"));
    }

    #[test]
    fn a_part_of_a_body_is_kept() {
        let text: Vec<u8> = (0..20_000u32).flat_map(u32::to_le_bytes).collect();
        let whole = gzip(&text);
        let (part, error) = decoded(&Coding::Gzip, &whole[..whole.len() / 2], usize::MAX);
        assert!(!part.is_empty() && text.starts_with(&part) && error.is_some());
    }

    proptest! {
        #[test]
        fn no_input_gives_more_than_the_limit(raw in prop::collection::vec(any::<u8>(), 0..300), limit in 0usize..50) {
            for coding in [Coding::Gzip, Coding::Brotli, Coding::Zstd] {
                prop_assert!(decoded(&coding, &raw, limit).0.len() <= limit);
            }
        }
    }
}
