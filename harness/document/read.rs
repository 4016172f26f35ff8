//! Reads the text of a document, up to a limit: a path may name a device without an end.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// The most bytes of a document that a person writes.
const LIMIT: u64 = 16 << 20;

/// Returns the text of a file.
///
/// # Errors
/// When the file cannot be read, is not UTF-8, or has more than 16 MiB.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(LIMIT + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LIMIT {
        return Err(io::Error::other(format!("it is larger than {} MiB", LIMIT >> 20)));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_file_without_an_end_is_refused() {
        let error = read(Path::new("/dev/zero")).expect_err("it has no end");
        assert_eq!(error.to_string(), "it is larger than 16 MiB");
    }
}
