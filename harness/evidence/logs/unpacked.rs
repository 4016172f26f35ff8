//! A stream that may be compressed with gzip (RFC 1952), as the bytes that were compressed.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

/// The first bytes of a gzip member (RFC 1952, section 2.3.1).
const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Returns the stream, decompressed if it begins as a gzip file does. It is decompressed while it is read, so the limits of
/// the reader bound what it may expand to.
///
/// # Errors
/// When the first bytes cannot be read. A read fails when the file is cut off or damaged.
pub(crate) fn unpacked<'r>(mut from: impl Read + 'r) -> io::Result<Box<dyn Read + 'r>> {
    let mut start = Vec::new();
    from.by_ref().take(MAGIC.len() as u64).read_to_end(&mut start)?;
    let is_packed = start == MAGIC;
    let whole = io::Cursor::new(start).chain(from);
    Ok(if is_packed { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory")
    }

    fn read(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut read = Vec::new();
        unpacked(bytes)?.take(1 << 20).read_to_end(&mut read)?;
        Ok(read)
    }

    #[test]
    fn members_that_follow_each_other_are_one_stream() {
        let two = [packed(b"INFO one\n"), packed(b"INFO two\n")].concat();
        assert_eq!(read(&two).expect("two members"), b"INFO one\nINFO two\n");
    }

    #[test]
    fn a_file_that_is_cut_off_is_refused() {
        let whole = packed(b"INFO one\n");
        assert!(read(&whole[..whole.len() - 4]).is_err());
    }

    #[test]
    fn what_is_not_read_is_not_decompressed() {
        // 64 MiB of zeros are 64 KiB in the file.
        let bomb = packed(&vec![0; 64 << 20]);
        assert_eq!(read(&bomb).expect("the start").len(), 1 << 20);
    }

    proptest! {
        #[test]
        fn every_stream_is_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(read(&packed(&bytes)).expect("it is whole"), bytes.clone());
            if !bytes.starts_with(&MAGIC) {
                prop_assert_eq!(read(&bytes).expect("it is plain"), bytes);
            }
        }
    }
}
