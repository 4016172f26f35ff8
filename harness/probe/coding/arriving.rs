//! Decodes a stream while it arrives: what one piece completes is returned at once.

use std::io::{self, Write};

use brotli_decompressor::DecompressorWriter;
use bytes::Bytes;
use flate2::write::MultiGzDecoder;

use super::{Coding, FOR_STREAMS, not_decoded, not_valid};
use crate::probe::TransportError;

/// Bytes that the decoder of Brotli writes at once.
const BUFFER: usize = 4096;

/// A decoder between two pieces of a stream.
pub(crate) enum Arriving {
    Plain,
    Gzip(Box<MultiGzDecoder<Sink>>),
    Brotli(Box<DecompressorWriter<Sink>>),
}

/// Takes the decoded bytes, up to a limit on all of them.
pub(crate) struct Sink {
    decoded: Vec<u8>,
    left: usize,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.left);
        self.decoded.extend_from_slice(&bytes[..taken]);
        self.left -= taken;
        if taken == 0 && !bytes.is_empty() { Err(io::ErrorKind::QuotaExceeded.into()) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Arriving {
    /// Returns the decoder of a stream of at most `limit` bytes.
    ///
    /// # Errors
    /// When the coding is not one that a request for a stream accepts.
    pub(crate) fn of(coding: Option<&Coding>, limit: usize) -> Result<Self, TransportError> {
        let sink = Sink { decoded: Vec::new(), left: limit };
        Ok(match coding {
            None => Self::Plain,
            Some(Coding::Gzip) => Self::Gzip(Box::new(MultiGzDecoder::new(sink))),
            Some(Coding::Brotli) => Self::Brotli(Box::new(DecompressorWriter::new(sink, BUFFER))),
            Some(Coding::Zstd) => return Err(not_decoded("zstd", FOR_STREAMS)),
            Some(Coding::Other(name)) => return Err(not_decoded(name, FOR_STREAMS)),
        })
    }

    /// Returns the error of a stream that ended after this many raw bytes, before anything could be decoded.
    pub(crate) fn ended(&self, received: usize, decoded: usize) -> Result<(), TransportError> {
        let name = match self {
            Self::Plain => return Ok(()),
            Self::Gzip(_) => "gzip",
            Self::Brotli(_) => "br",
        };
        if received > 0 && decoded == 0 { Err(not_valid(name, &"it ends early")) } else { Ok(()) }
    }

    /// Returns what this piece completes. At the limit, it returns the bytes up to the limit.
    ///
    /// # Errors
    /// When the piece is not valid in the coding.
    pub(crate) fn push(&mut self, piece: Bytes) -> Result<Bytes, TransportError> {
        let (name, written, sink) = match self {
            Self::Plain => return Ok(piece),
            Self::Gzip(decoder) => {
                let written = decoder.write_all(&piece).and_then(|()| decoder.flush());
                ("gzip", written, decoder.get_mut())
            }
            Self::Brotli(decoder) => {
                let written = decoder.write_all(&piece).and_then(|()| decoder.flush());
                ("br", written, decoder.get_mut())
            }
        };
        let decoded = Bytes::from(std::mem::take(&mut sink.decoded));
        match written {
            // What came before the flaw, or before the limit, is still read.
            Err(error) if decoded.is_empty() => Err(not_valid(name, &error)),
            _ => Ok(decoded),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flushed(events: &[&str]) -> Vec<Bytes> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        let piece = |event: &&str| {
            encoder.write_all(event.as_bytes()).expect("memory");
            encoder.flush().expect("memory");
            Bytes::from(std::mem::take(encoder.get_mut()))
        };
        events.iter().map(piece).collect()
    }

    #[test]
    fn each_piece_gives_what_it_completes() {
        let mut decoder = Arriving::of(Some(&Coding::Gzip), 100).expect("a decoder");
        let events = ["data: a\n\n", "data: b\n\n"];
        for (piece, event) in flushed(&events).into_iter().zip(events) {
            assert_eq!(decoder.push(piece).expect("valid"), event);
        }
    }

    #[test]
    fn a_bomb_ends_at_the_limit() {
        let piece = flushed(&[&"x".repeat(1 << 20)]).remove(0);
        let mut decoder = Arriving::of(Some(&Coding::Gzip), 1000).expect("a decoder");
        assert_eq!(decoder.push(piece).expect("the part up to the limit").len(), 1000);
    }

    #[test]
    fn what_is_not_valid_is_an_error() {
        for coding in [Coding::Gzip, Coding::Brotli] {
            let mut decoder = Arriving::of(Some(&coding), 100).expect("a decoder");
            let piece = Bytes::from_static(b"\xff\xfe\xfd\xfc\xff\xfe\xfd\xfc\xff\xfe\xfd\xfc");
            assert!(decoder.push(piece).is_err(), "{coding:?}");
        }
    }

    #[test]
    fn brotli_arrives_too() {
        let mut decoder = Arriving::of(Some(&Coding::Brotli), 100).expect("a decoder");
        assert_eq!(decoder.push(Bytes::from_static(b"\x0b\x02\x80hello")).expect("valid"), "hello");
    }

    #[test]
    fn a_stream_in_another_coding_is_not_read() {
        let why = Arriving::of(Some(&Coding::Zstd), 100).err().expect("an error").detail;
        assert_eq!(why, "the content coding is zstd; the request accepts gzip, br");
    }
}
