//! Reads an input that may have no end, or never send a byte, until a deadline.

use std::io::{self, Read};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use crate::host::blocking::still;
use crate::host::group::PAUSE;

/// The bytes that are read at once, and the chunks that wait.
const CHUNK: usize = 64 << 10;
const WAITING: usize = 8;

/// An input that a thread of its own reads. The thread stays behind if the deadline passes first.
#[derive(Debug)]
pub(crate) struct TimedRead {
    chunks: Receiver<io::Result<Vec<u8>>>,
    /// What is left of the last chunk.
    rest: io::Cursor<Vec<u8>>,
    limit: Duration,
    ends: Instant,
}

impl TimedRead {
    /// Reads an input for at most `limit` from now.
    pub(crate) fn new(from: impl Read + Send + 'static, limit: Duration) -> Self {
        let (sender, chunks) = mpsc::sync_channel(WAITING);
        thread::spawn(move || pass(from, &sender));
        Self { chunks, rest: io::Cursor::default(), limit, ends: Instant::now() + limit }
    }

    fn next(&self) -> io::Result<Vec<u8>> {
        loop {
            if still(self.ends).is_err() {
                let why = format!("it did not end within {} s", self.limit.as_secs());
                return Err(io::Error::new(io::ErrorKind::TimedOut, why));
            }
            match self.chunks.recv_timeout(PAUSE) {
                Ok(chunk) => return chunk,
                Err(RecvTimeoutError::Disconnected) => return Ok(Vec::new()),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

/// Passes the input on, chunk by chunk, until its end or until nobody reads it.
fn pass(mut from: impl Read, to: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut chunk = vec![0; CHUNK];
        let read = match from.read(&mut chunk) {
            Ok(0) => return,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Ok(many) => {
                chunk.truncate(many);
                Ok(chunk)
            }
            Err(error) => Err(error),
        };
        let is_last = read.is_err();
        if to.send(read).is_err() || is_last {
            return;
        }
    }
}

impl Read for TimedRead {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let many = self.rest.read(into)?;
        if many > 0 || into.is_empty() {
            return Ok(many);
        }
        self.rest = io::Cursor::new(self.next()?);
        self.rest.read(into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_read_whole() {
        let text: Vec<u8> = (0..=255).cycle().take(3 * CHUNK + 7).collect();
        let mut read = Vec::new();
        TimedRead::new(io::Cursor::new(text.clone()), Duration::from_secs(60)).read_to_end(&mut read).expect("it ends");
        assert_eq!(read, text);
    }

    /// Never sends a byte: the other end is open and silent.
    struct Silent(mpsc::Receiver<()>);

    impl Read for Silent {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Ok(self.0.recv().map_or(0, |()| 1))
        }
    }

    #[test]
    fn a_silent_or_endless_input_is_given_up() {
        let (open, silent) = mpsc::channel();
        let inputs: [Box<dyn Read + Send>; 2] = [Box::new(io::repeat(b'a')), Box::new(Silent(silent))];
        for input in inputs {
            let mut input = TimedRead::new(input, Duration::from_secs(1));
            let error = io::copy(&mut input, &mut io::sink()).expect_err("it has no end");
            assert_eq!(
                (error.kind(), error.to_string().as_str()),
                (io::ErrorKind::TimedOut, "it did not end within 1 s")
            );
        }
        drop(open);
    }
}
